import { LockKeyhole, LockKeyholeOpen } from 'lucide-react'
import type { Moment } from '../../model/protocol.ts'
import { formatTraffic, type TrafficSet } from '../../model/traffic.ts'
import { endpointName } from '../inspector/endpointName.ts'
import { SelectionLink } from '../inspector/Links.tsx'
import styles from './FlowChanges.module.css'

/** Rows drawn at most. */
const SHOWN = 100

interface Row {
  readonly verb: 'opened' | 'closed'
  readonly src: string
  readonly dst: string
  readonly traffic: TrafficSet
  readonly pairs: number
  readonly like: string
}

function rowsOf({ changes }: Moment): readonly Row[] {
  return changes.flatMap(({ src, dst, sources, destinations, opened, closed }) => {
    const pairs = sources * destinations
    const like = [
      ...(sources > 1 ? [`${sources} sources alike`] : []),
      ...(destinations > 1 ? [`${destinations} destinations alike`] : []),
    ].join(', ')
    const row = (verb: Row['verb'], traffic: TrafficSet): readonly Row[] =>
      traffic.length === 0 ? [] : [{ verb, src, dst, traffic, pairs, like }]
    return [...row('opened', opened), ...row('closed', closed)]
  })
}

/** What the step opened and closed for new connections, and what it means for those that exist. */
export function FlowChanges({ moment, isGap }: { readonly moment: Moment; readonly isGap: boolean }) {
  const rows = rowsOf(moment)
  const names = new Map(moment.analysis.endpoints.map(endpoint => [endpoint.id, endpointName(endpoint)]))
  const nameOf = (id: string): string => names.get(id) ?? id
  return (
    <section className={styles.changes} aria-label="What it opened and closed">
      {rows.length === 0 ? (
        <p className={styles.none}>Nothing opened, nothing closed.</p>
      ) : (
        <ul className={styles.list} tabIndex={0} aria-label="Opened and closed">
          {rows.slice(0, SHOWN).map(row => (
            <li key={`${row.verb} ${row.src} ${row.dst}`} data-verb={row.verb}>
              {row.verb === 'opened' ? (
                <LockKeyholeOpen size={13} aria-hidden />
              ) : (
                <LockKeyhole size={13} aria-hidden />
              )}
              <span>{row.verb}</span>{' '}
              <SelectionLink target={{ kind: 'flow', src: row.src, dst: row.dst }} title="Explain this flow">
                {nameOf(row.src)} → {nameOf(row.dst)}
              </SelectionLink>{' '}
              <span className={styles.traffic}>{trafficWords(row.traffic)}</span>{' '}
              {row.pairs > 1 && (
                <span className={styles.traffic}>
                  ×{row.pairs}: {row.like}
                </span>
              )}
            </li>
          ))}
          {rows.length > SHOWN && <li>… and {rows.length - SHOWN} more.</li>}
        </ul>
      )}
      {isGap && (
        <p className={styles.note}>
          azure-npm never changes a policy in place: it takes the old version away, then adds the new one
          (D19). What connects in between stays connected.
        </p>
      )}
      {!isGap && rows.some(row => row.verb === 'closed') && (
        <p className={styles.note}>
          Only new connections are refused. Those that were open before stay open for as long as they last
          (D5).
        </p>
      )}
    </section>
  )
}

function trafficWords(traffic: TrafficSet): string {
  const text = formatTraffic(traffic)
  return text === 'all' ? 'all ports' : text
}
