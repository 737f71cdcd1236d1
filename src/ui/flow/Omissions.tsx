import { Fragment } from 'react'
import { formatNumber, plural } from '../../graph/formatNumber.ts'
import { LOOK_MARKS } from '../../graph/looks.ts'
import { onTraffic } from '../../graph/nodeStatus.ts'
import type { GraphMode, GraphView } from '../../model/graphView.ts'
import type { GraphModel, SomePods } from '../../model/picture.ts'
import { appStore } from '../../store/appStore.ts'
import styles from './FlowPane.module.css'

/** Whom nobody reaches, what the picture, or the list, leaves out, and how to see it. */
export function Omissions({
  model: { omitted, unreached },
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
      {unreached !== undefined && (
        <li>
          <Unreached pods={unreached} />
        </li>
      )}
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

/** The sentence of `unreachedText`; each name selects its pod. */
function Unreached({ pods: { count, first, traffic } }: { readonly pods: SomePods }) {
  const more = count - first.length
  const on = onTraffic(traffic)
  return (
    <>
      <b className={styles.shut}>
        <span aria-hidden>{LOOK_MARKS.blocked} </span>Nobody reaches{' '}
        {count === 1 ? '' : `${formatNumber(count)} pods${on}:`}
      </b>{' '}
      {first.map((id, i) => (
        <Fragment key={id}>
          {i > 0 && ', '}
          <button
            type="button"
            className={styles.link}
            onClick={() => appStore.getState().select({ kind: 'endpoint', id })}
          >
            {id.slice(id.indexOf(':') + 1)}
          </button>
        </Fragment>
      ))}
      {more > 0 && ` and ${formatNumber(more)} more`}
      {count === 1 && on}
    </>
  )
}
