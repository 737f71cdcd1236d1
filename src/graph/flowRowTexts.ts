import { csvRecord } from '../model/csvRecord.ts'
import type { FlowRow } from '../model/flowList.ts'

type Column = readonly [name: string, text: (row: FlowRow) => string]

const DEVIATION: Column = ['deviation', row => (row.deviates ? row.deviations.join(' ') || '?' : '')]
const CHANGE: Column = ['change', row => (row.change === 'none' ? '' : row.change)]

/** The columns of a copied list; deviations and changes only where there are some. */
function columnsOf(rows: readonly FlowRow[]): readonly Column[] {
  return [
    ['source', row => row.source],
    ['destination', row => row.destination],
    ['verdict', row => VERDICT_WORDS[row.verdict]],
    ['enforced', row => row.enforced],
    ['promised', row => row.promised],
    ...(rows.some(({ deviates }) => deviates) ? [DEVIATION] : []),
    ...(rows.some(({ change }) => change !== 'none') ? [CHANGE] : []),
    ['governed by', row => row.governedBy],
    ['reason', row => row.reason],
  ]
}

/** How a verdict is called in lists. */
export const VERDICT_WORDS: Readonly<Record<FlowRow['verdict'], string>> = {
  allowed: 'allowed',
  partial: 'partly',
  blocked: 'blocked',
  unrestricted: 'no policy',
}

/** RFC 4180, with a head. */
export function flowRowsCsv(rows: readonly FlowRow[]): string {
  const columns = columnsOf(rows)
  const records = [columns.map(([name]) => name), ...rows.map(row => columns.map(([, text]) => text(row)))]
  return records.map(record => `${csvRecord(record)}\r\n`).join('')
}

/** A table as GitHub draws it. */
export function flowRowsMarkdown(rows: readonly FlowRow[]): string {
  const columns = columnsOf(rows)
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`
  return [
    line(columns.map(([name]) => name)),
    line(columns.map(() => '---')),
    ...rows.map(row => line(columns.map(([, text]) => cellText(text(row))))),
  ].join('')
}

function cellText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ')
}
