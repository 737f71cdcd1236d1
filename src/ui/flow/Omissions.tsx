import { formatNumber, plural } from '../../graph/formatNumber.ts'
import type { GraphMode, GraphView } from '../../model/graphView.ts'
import type { GraphModel } from '../../model/picture.ts'
import { appStore } from '../../store/appStore.ts'
import styles from './FlowPane.module.css'

/** What the picture, or the list, leaves out, and how to see it. */
export function Omissions({
  model: { omitted },
  mode,
  onChange,
}: {
  readonly model: GraphModel
  readonly mode: GraphMode
  readonly onChange: (part: Partial<GraphView>) => void
}) {
  const drawn = mode !== 'list' && mode !== 'matrix'
  return (
    <ul className={styles.omissions}>
      {omitted.closedNamespaces > 0 && (
        <li>
          {plural(omitted.closedNamespaces, 'namespace')} closed
          {drawn && ': double click or Enter opens them'}
        </li>
      )}
      {drawn && omitted.blockedFlows > 0 && (
        <li>
          {plural(omitted.blockedFlows, 'blocked flow')} not drawn: select a pod to see its own, or{' '}
          <button
            type="button"
            className={styles.link}
            onClick={() =>
              onChange({ filter: { ...appStore.getState().graphView.filter, verdicts: ['blocked'] } })
            }
          >
            show blocked only
          </button>
        </li>
      )}
      {omitted.unrestrictedFlows > 0 && (
        <li>
          {plural(omitted.unrestrictedFlows, 'flow')} that no policy governs not {drawn ? 'drawn' : 'listed'}{' '}
          <button type="button" className={styles.link} onClick={() => onChange({ unrestricted: 'show' })}>
            show
          </button>
        </li>
      )}
      {drawn && omitted.excessFlows > 0 && (
        <li>{formatNumber(omitted.excessFlows)} more flows than can be drawn: filter, or use the list</li>
      )}
    </ul>
  )
}
