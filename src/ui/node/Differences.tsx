import { useMemo, useState } from 'react'
import type { DriftFinding, NodeReport } from '../../model/nodeReport.ts'
import { appStore } from '../../store/appStore.ts'
import { asSentence, driftGroups } from '../../store/nodeSummary.ts'
import type { Selection } from '../../store/selection.ts'
import { hoverStore } from '../../store/hoverStore.ts'
import { YamlLink } from '../inspector/Links.tsx'
import { VirtualRows } from '../widgets/VirtualRows.tsx'
import { PlaceLink } from './PlaceLink.tsx'
import { SeverityMark } from './SeverityMark.tsx'
import details from '../widgets/Details.module.css'
import inspector from '../inspector/Inspector.module.css'
import styles from './NodeTab.module.css'

type Row =
  | { readonly kind: 'heading'; readonly title: string; readonly count: number }
  | { readonly kind: 'finding'; readonly finding: DriftFinding }

const ROW_HEIGHT = 30

/** What in the other panes a finding is about: the field that should have made it, else the set or chain. */
function targetOf({ origin, set, chain }: DriftFinding): Selection | undefined {
  if (origin !== undefined) return { kind: 'origin', resource: origin.resource, path: origin.path }
  if (set !== undefined) return { kind: 'set', name: set }
  return chain === undefined ? undefined : { kind: 'chain', name: chain }
}

/** Where the node's rules and sets are not those that the policies should give. */
export function Differences({ report }: { readonly report: NodeReport }) {
  const { drift } = report
  const [chosen, setChosen] = useState<DriftFinding | undefined>()
  const rows = useMemo<readonly Row[]>(
    () =>
      driftGroups(drift).flatMap(({ title, findings }) => [
        { kind: 'heading', title, count: findings.length } as const,
        ...findings.map(finding => ({ kind: 'finding', finding }) as const),
      ]),
    [drift],
  )
  const findingAt = (i: number | undefined): DriftFinding | undefined => {
    const row = i === undefined ? undefined : rows[i]
    return row?.kind === 'finding' ? row.finding : undefined
  }
  if (rows.length === 0)
    return (
      <p className={inspector.empty}>
        No differences: every chain, rule, set and member is as the policies should give it.
      </p>
    )
  return (
    <>
      <VirtualRows
        label="Differences"
        count={rows.length}
        rowHeight={ROW_HEIGHT}
        measured
        isSelectable={i => findingAt(i) !== undefined}
        isSelected={i => chosen !== undefined && findingAt(i) === chosen}
        onSelect={i => {
          const finding = findingAt(i)
          setChosen(finding)
          appStore.getState().select(finding && targetOf(finding))
        }}
        onHover={i => {
          const finding = findingAt(i)
          hoverStore.getState().hover(finding && targetOf(finding))
        }}
        row={i => {
          const row = rows[i]
          if (row === undefined) return null
          return row.kind === 'heading' ? (
            <p className={styles.heading}>
              <strong>{row.title}</strong> {row.count.toLocaleString('en')}
            </p>
          ) : (
            <div className={styles.finding}>
              <SeverityMark severity={row.finding.severity} />
              <p>{asSentence(row.finding.message)}</p>
            </div>
          )
        }}
      />
      {chosen !== undefined && drift.includes(chosen) && <FindingDetails finding={chosen} />}
    </>
  )
}

function FindingDetails({ finding }: { readonly finding: DriftFinding }) {
  const { message, advice, origin, place } = finding
  return (
    <section className={details.details} aria-label="The difference">
      <p>{asSentence(message)}</p>
      <p className={details.advice}>{asSentence(advice)}</p>
      <dl className={styles.facts}>
        {origin !== undefined && (
          <div>
            <dt>in the YAML</dt>
            <dd>
              <YamlLink origin={origin}>
                {origin.resource}
                {origin.path === '' ? '' : ` · ${origin.path}`}
              </YamlLink>
            </dd>
          </div>
        )}
        {place !== undefined && (
          <div>
            <dt>in the dump</dt>
            <dd>
              <PlaceLink place={place} />
            </dd>
          </div>
        )}
      </dl>
    </section>
  )
}
