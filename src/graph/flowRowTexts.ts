import { csvRecord } from '../model/csvRecord.ts'
import type { FlowRow } from '../model/flowList.ts'

/** The columns of a copied list, with a change only where there is one. */
function columnsOf(rows: readonly FlowRow[]): readonly (readonly [string, (row: FlowRow) => string])[] {
  const changed = rows.some(({ change }) => change !== 'none')
  const deviating = rows.some(({ deviates }) => deviates)
  return [
    ['source', row => row.source],
    ['destination', row => row.destination],
    ['verdict', row => VERDICT_WORDS[row.verdict]],
    ['enforced', row => row.enforced],
    ['promised', row => row.promised],
    ...(deviating
      ? ([['deviation', row => (row.deviates ? row.deviations.join(' ') || '?' : '')]] as const)
      : []),
    ...(changed ? ([['change', row => (row.change === 'none' ? '' : row.change)]] as const) : []),
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
