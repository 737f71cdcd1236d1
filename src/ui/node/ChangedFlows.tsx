import { CircleHelp, Footprints, LockKeyhole, LockKeyholeOpen, MessageCircleQuestion } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { ChangedVerdict, NodeReport } from '../../model/nodeReport.ts'
import { formatTraffic, type TrafficSet } from '../../model/traffic.ts'
import { appStore } from '../../store/appStore.ts'
import { asSentence } from '../../store/nodeSummary.ts'
import { useAppStore } from '../useApp.ts'
import { endpointName } from '../inspector/endpointName.ts'
import { VirtualRows } from '../widgets/VirtualRows.tsx'
import { followOnNode } from './followOnNode.ts'
import details from '../widgets/Details.module.css'
import button from '../widgets/Button.module.css'
import inspector from '../inspector/Inspector.module.css'
import styles from './NodeTab.module.css'

type Kind = 'opened' | 'closed' | 'unknown'

interface Row {
  readonly kind: Kind
  readonly traffic: TrafficSet
  readonly change: ChangedVerdict
}

const KINDS: readonly Kind[] = ['opened', 'closed', 'unknown']
const ROW_HEIGHT = 46
const ICONS = { opened: LockKeyholeOpen, closed: LockKeyhole, unknown: CircleHelp }
/** What is expected, and what the node does. */
const WORDS: Readonly<Record<Kind, readonly [expected: string, node: string]>> = {
  opened: ['blocked', 'allowed'],
  closed: ['allowed', 'blocked'],
  unknown: ['known', 'unknown'],
}

function portWords(traffic: TrafficSet): string {
  const text = formatTraffic(traffic)
  return text === 'all' ? 'all ports' : text
}

/** The flows that the node decides otherwise than its policies. */
export function ChangedFlows({ report }: { readonly report: NodeReport }) {
  const { changed, changedLimit } = report
  const [chosen, setChosen] = useState<Row | undefined>()
  const endpoints = useAppStore(state => state.picture?.analysis.endpoints)
  const nameOf = useMemo(() => {
    const names = new Map(endpoints?.map(one => [one.id, endpointName(one)]))
    return (id: string): string => names.get(id) ?? id
  }, [endpoints])
  const rows = useMemo(
    () =>
      KINDS.flatMap(kind =>
        changed.flatMap((change): readonly Row[] =>
          change[kind].length === 0 ? [] : [{ kind, traffic: change[kind], change }],
        ),
      ),
    [changed],
  )
  const limit = changedLimit === undefined ? null : <p className={styles.limit}>{asSentence(changedLimit)}</p>
  if (rows.length === 0)
    return (
      <div className={inspector.empty}>
        <p>No flow: new connections fare on the node as the policies say.</p>
        {limit}
      </div>
    )
  return (
    <>
      {limit}
      <VirtualRows
        label="Flows that the node decides otherwise"
        count={rows.length}
        rowHeight={ROW_HEIGHT}
        isSelectable={() => true}
        isSelected={i => chosen !== undefined && rows[i] === chosen}
        onSelect={i => {
          const row = rows[i]
          setChosen(row)
          if (row === undefined) return
          const { src, dst } = row.change
          appStore.getState().select({ kind: 'flow', src, dst })
          // Selecting a flow opens its explanation; here the list stays.
          appStore.getState().setView({ inspectorTab: 'node' })
        }}
        row={i => {
          const row = rows[i]
          if (row === undefined) return null
          const Icon = ICONS[row.kind]
          const { src, dst, sources, destinations } = row.change
          return (
            <div className={styles.flow} data-kind={row.kind}>
              <Icon size={14} aria-hidden />
              <p>
                {nameOf(src)} → {nameOf(dst)}
                {sources * destinations > 1 && <span> ×{sources * destinations}</span>}
              </p>
              <p className={styles.ports}>{portWords(row.traffic)}</p>
              <p className={styles.verdicts}>
                policies: {WORDS[row.kind][0]}, node: <strong>{WORDS[row.kind][1]}</strong>
              </p>
            </div>
          )
        }}
      />
      {chosen !== undefined && rows.includes(chosen) && (
        <section className={details.details} aria-label="The flow">
          <p>
            {nameOf(chosen.change.src)} → {nameOf(chosen.change.dst)}, {portWords(chosen.traffic)}:{' '}
            {SENTENCES[chosen.kind]}
          </p>
          {chosen.change.sources * chosen.change.destinations > 1 && (
            <p className={details.advice}>
              The same for {chosen.change.sources} sources and {chosen.change.destinations} destinations.
            </p>
          )}
          <p className={button.row}>
            <button
              type="button"
              className={button.small}
              onClick={() => followOnNode(chosen.change, chosen.traffic)}
            >
              <Footprints size={13} aria-hidden />
              Follow on the node
            </button>
            <button
              type="button"
              className={button.small}
              onClick={() => appStore.getState().setView({ inspectorTab: 'explain' })}
            >
              <MessageCircleQuestion size={13} aria-hidden />
              Explain the policies
            </button>
          </p>
        </section>
      )}
    </>
  )
}

const SENTENCES: Readonly<Record<Kind, string>> = {
  opened: 'the policies block it, the node lets it through.',
  closed: 'the policies allow it, the node drops it.',
  unknown: 'the dump does not tell what the node does with it.',
}
