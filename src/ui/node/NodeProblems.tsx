import type { NodeProblem } from '../../model/nodeReport.ts'
import { plural } from '../../graph/formatNumber.ts'
import { asSentence } from '../../store/nodeSummary.ts'
import { PlaceLink } from './PlaceLink.tsx'
import { SeverityMark } from './SeverityMark.tsx'
import styles from './NodeTab.module.css'

/** Rows drawn at most: a text with more faults than this has one cause. */
const SHOWN = 50

/** What about the dumps cannot be read or is missing; open by itself where no verdict is sure because of it. */
export function NodeProblems({ problems }: { readonly problems: readonly NodeProblem[] }) {
  if (problems.length === 0) return null
  const spoiling = problems.some(problem => problem.spoilsAll)
  return (
    <details className={styles.problems} open={spoiling}>
      <summary>
        {plural(problems.length, 'remark')} about the dumps
        {spoiling && <em> – no verdict is sure</em>}
      </summary>
      <ul tabIndex={0} aria-label="Remarks about the dumps">
        {problems.slice(0, SHOWN).map((problem, i) => (
          <li key={i}>
            <SeverityMark severity={problem.severity} />
            <p>
              {asSentence(problem.message)}{' '}
              {problem.place !== undefined && <PlaceLink place={problem.place} />}
            </p>
          </li>
        ))}
        {problems.length > SHOWN && <li>… and {problems.length - SHOWN} more.</li>}
      </ul>
    </details>
  )
}
