import { nodeSummary } from '../../store/nodeSummary.ts'
import type { NodeReport } from '../../model/nodeReport.ts'
import type { Tab } from '../widgets/Tabs.tsx'
import styles from './nodeTabOf.module.css'

/** The tab's label, with what the comparison comes to where there is a dump. */
export function nodeTabOf(report: NodeReport | undefined): Tab<'node'> {
  const tab = { value: 'node', label: 'Node' } as const
  if (report === undefined) return tab
  const { tone, sentence, differences, changedFlows } = nodeSummary(report)
  const mark = { good: '✓', unknown: '?', notice: `${differences}`, bad: `${differences || changedFlows}✗` }[
    tone
  ]
  return {
    ...tab,
    badge: {
      spoken: sentence,
      mark: (
        <span className={styles.mark} data-tone={tone}>
          {mark}
        </span>
      ),
    },
  }
}
