import type { FlowColumn, FlowRow, SortOrder } from '../../model/flowList.ts'
import type { GraphView } from '../../model/graphView.ts'
import { flowRowsCsv, flowRowsMarkdown } from '../../graph/flowRowTexts.ts'
import { formatNumber } from '../../graph/formatNumber.ts'
import { appStore } from '../../store/appStore.ts'
import { pastMoment } from '../../store/timeline.ts'
import { copyText, downloadText } from '../clipboard.ts'
import { useAnalysisClient } from '../session.ts'
import { fileStem } from '../share/share.ts'

interface Props {
  readonly view: GraphView
  readonly column: FlowColumn
  readonly order: SortOrder
  readonly total: number
}

/** Rows are worded in parts of so many, and no more than so many in all: a spreadsheet reads no more either. */
const PART = 2_000
const MOST = 50_000

/** Takes along all rows that the filter leaves, as they are sorted. */
export function CopyFlows({ view, column, order, total }: Props) {
  const client = useAnalysisClient()
  const { tell } = appStore.getState()

  /** Undefined when the inputs changed meanwhile. */
  const allRows = async (): Promise<readonly FlowRow[] | undefined> => {
    const step = pastMoment(appStore.getState())?.step
    const rows: FlowRow[] = []
    for (let offset = 0; offset < Math.min(total, MOST); offset += PART) {
      const part = { view, column, order, offset, limit: PART, ...(step !== undefined && { step }) }
      const answer = await client.ask('flows', part)
      if (answer?.list === undefined) return undefined
      rows.push(...answer.list.rows)
    }
    return rows
  }
  const take = async (
    form: (rows: readonly FlowRow[]) => string,
    to: (text: string) => Promise<boolean> | boolean,
    done: string,
  ): Promise<void> => {
    const rows = await allRows()
    if (rows === undefined)
      return tell({ tone: 'problem', text: 'The policies changed meanwhile: copy once more.' })
    const went = await to(form(rows))
    const rest = total > MOST ? `, the first ${formatNumber(MOST)} of ${formatNumber(total)} rows` : ''
    tell(
      went
        ? { tone: 'success', text: `${done}${rest}` }
        : { tone: 'problem', text: 'Failed: the browser refused the clipboard.' },
    )
  }
  const download = (text: string): boolean => {
    downloadText(`${fileStem()}-flows.csv`, text)
    return true
  }
  return (
    <>
      <button type="button" onClick={() => void take(flowRowsCsv, copyText, 'Rows copied as CSV')}>
        Copy CSV
      </button>
      <button type="button" onClick={() => void take(flowRowsMarkdown, copyText, 'Rows copied as Markdown')}>
        Copy Markdown
      </button>
      <button type="button" onClick={() => void take(flowRowsCsv, download, 'Rows saved as CSV')}>
        Download CSV
      </button>
    </>
  )
}
