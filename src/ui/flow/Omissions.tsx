import type { GraphModel, GraphView } from '../../graph/graphModel.ts'
import styles from './FlowPane.module.css'

/** What the picture leaves out, and how to see it. */
export function Omissions({
  model: { omitted },
  onChange,
}: {
  readonly model: GraphModel
  readonly onChange: (part: Partial<GraphView>) => void
}) {
  return (
    <ul className={styles.omissions}>
      {omitted.closedNamespaces > 0 && (
        <li>{omitted.closedNamespaces} namespaces as one node each; open them by double click or Enter</li>
      )}
      {omitted.blockedEdges > 0 && (
        <li>
          {omitted.blockedEdges} blocked flows not drawn: select a pod to see its own, or{' '}
          <button type="button" className={styles.link} onClick={() => onChange({ blockedOnly: true })}>
            show blocked only
          </button>
        </li>
      )}
      {omitted.unrestrictedEdges > 0 && (
        <li>
          {omitted.unrestrictedEdges} flows that no policy governs not drawn{' '}
          <button type="button" className={styles.link} onClick={() => onChange({ unrestricted: 'show' })}>
            show
          </button>
        </li>
      )}
      {omitted.excessEdges > 0 && (
        <li>{omitted.excessEdges} more flows than can be drawn: filter, or use the list</li>
      )}
    </ul>
  )
}
