import { useMemo } from 'react'
import { formatIpv4, formatIpv4Prefix } from '../../model/ip.ts'
import type { Endpoint } from '../../model/connectivity.ts'
import type { IpSetEntry } from '../../model/ipSet.ts'
import { entryOf, type ListedSet } from '../../model/listedSets.ts'
import type { Analysis } from '../../model/protocol.ts'
import { appStore } from '../../store/appStore.ts'
import { hoverStore } from '../../store/hoverStore.ts'
import type { KernelName } from '../../store/kernelNames.ts'
import { placedRules, setsOf } from '../../store/linked.ts'
import type { IpsetForm } from '../../store/viewSettings.ts'
import { useAppStore } from '../useApp.ts'
import { useHoverLinked, useLinked } from '../useLinked.ts'
import { CopyButtons } from '../widgets/CopyButtons.tsx'
import { Segments } from '../widgets/Segments.tsx'
import { VirtualRows } from '../widgets/VirtualRows.tsx'
import { endpointName } from './endpointName.ts'
import { AssumedPods, WrapLines } from './TextOptions.tsx'
import { PrintedText } from './PrintedText.tsx'
import { usePrinted } from './usePrinted.ts'
import inspector from './Inspector.module.css'
import styles from './IpsetsTab.module.css'

const FORMS: readonly { readonly value: IpsetForm; readonly label: string; readonly title: string }[] = [
  { value: 'table', label: 'Table', title: 'With meanings and members by name' },
  { value: 'ipset-list', label: 'list', title: 'As ipset list prints it' },
  { value: 'ipset-save', label: 'save', title: 'As ipset save prints it' },
  { value: 'ipset-restore', label: 'restore', title: 'What azure-npm feeds to ipset restore' },
]

interface Props {
  readonly analysis: Analysis
  readonly names: ReadonlyMap<string, KernelName>
}

export function IpsetsTab({ analysis, names }: Props) {
  const form = useAppStore(state => state.view.ipsetForm)
  return (
    <>
      {form === 'table' ? (
        <>
          <Toolbar analysis={analysis} text={undefined} />
          <SetTable analysis={analysis} names={names} />
        </>
      ) : (
        <SetText form={form} analysis={analysis} names={names} />
      )}
    </>
  )
}

function Toolbar({
  analysis,
  text,
}: {
  readonly analysis: Analysis
  readonly text: (() => string) | undefined
}) {
  const form = useAppStore(state => state.view.ipsetForm)
  return (
    <div className={inspector.toolbar}>
      <Segments
        label="Form"
        value={form}
        options={FORMS}
        onChange={ipsetForm => appStore.getState().setView({ ipsetForm })}
      />
      {text !== undefined && (
        <div className={inspector.end}>
          <CopyButtons what="ipsets" fileName={`${form}.txt`} text={text} />
        </div>
      )}
      {text !== undefined && <WrapLines />}
      {text !== undefined && <AssumedPods analysis={analysis} />}
    </div>
  )
}

function SetText({ form, analysis, names }: Props & { readonly form: Exclude<IpsetForm, 'table'> }) {
  const lines = usePrinted(form)
  return (
    <>
      <Toolbar analysis={analysis} text={() => (lines ?? []).map(line => `${line.text}\n`).join('')} />
      {lines === undefined ? (
        <p className={inspector.empty}>Printing …</p>
      ) : (
        <PrintedText label="ipset text" lines={lines} names={names} />
      )}
    </>
  )
}

const ROW_HEIGHT = 44

function SetTable({ analysis, names }: Props) {
  const selection = useAppStore(state => state.selection)
  const linked = useLinked()
  const hovered = useHoverLinked()
  const { sets } = analysis.ruleset
  const uses = useMemo(() => {
    const counts = new Map<string, number>()
    for (const { rule } of placedRules(analysis.ruleset))
      for (const set of new Set(setsOf(rule))) counts.set(set, (counts.get(set) ?? 0) + 1)
    return counts
  }, [analysis])
  const selectedName = selection?.kind === 'set' ? selection.name : undefined
  const selected = sets.find(set => set.name === selectedName)
  const firstLinked = selection === undefined ? -1 : sets.findIndex(set => linked.sets.has(set.name))

  if (sets.length === 0)
    return <p className={inspector.empty}>No sets: without namespaces and policies azure-npm makes none.</p>
  return (
    <>
      <div className={styles.head} aria-hidden>
        <span>Set</span>
        <span>Entries</span>
        <span>Rules</span>
      </div>
      <VirtualRows
        label="ipsets"
        count={sets.length}
        rowHeight={ROW_HEIGHT}
        isSelectable={() => true}
        isSelected={i => selectedName !== undefined && sets[i]?.name === selectedName}
        onSelect={i => {
          const name = sets[i]?.name
          if (name !== undefined)
            appStore.getState().select(name === selectedName ? undefined : { kind: 'set', name })
        }}
        onHover={i => {
          const name = i === undefined ? undefined : sets[i]?.name
          hoverStore.getState().hover(name === undefined ? undefined : { kind: 'set', name })
        }}
        scrollTo={firstLinked}
        rowClass={i => {
          const name = sets[i]?.name ?? ''
          return linked.sets.has(name) ? styles.linked : hovered.sets.has(name) ? styles.hovered : undefined
        }}
        row={i => {
          const set = sets[i]
          if (set === undefined) return null
          const meaning = names.get(set.name)
          return (
            <div className={styles.row} title={meaning?.sentence}>
              <span className={styles.names}>
                <strong>{meaning?.readable === '' ? set.name : meaning?.readable}</strong>
                <code>
                  {set.name} · {set.type}
                </code>
              </span>
              <span className={styles.number}>{set.size}</span>
              <span className={styles.number}>{uses.get(set.name) ?? 0}</span>
            </div>
          )
        }}
      />
      {selected !== undefined && <SetDetails set={selected} analysis={analysis} names={names} />}
    </>
  )
}

function SetDetails({ set, analysis, names }: Props & { readonly set: ListedSet }) {
  const meaning = names.get(set.name)
  const pods = useMemo(() => {
    const byAddress = new Map<number, PodEndpoint>()
    for (const endpoint of analysis.endpoints)
      if (endpoint.kind === 'pod' && !endpoint.hostNetwork) byAddress.set(endpoint.address, endpoint)
    return byAddress
  }, [analysis])
  const members = useMemo(
    () =>
      Array.from({ length: Math.min(SHOWN, set.size) }, (_, i) =>
        describeEntry(entryOf(analysis.ruleset, set, i), pods, names),
      ),
    [analysis, set, pods, names],
  )
  const users = placedRules(analysis.ruleset).filter(({ rule }) => setsOf(rule).includes(set.name))
  return (
    <section className={styles.details} aria-label={`Set ${set.name}`}>
      <p>
        <code>{set.name}</code> {meaning?.sentence}
      </p>
      <div className={styles.members} tabIndex={0} role="group" aria-label="Members">
        {members.length === 0 && <p className={styles.none}>No members.</p>}
        <ul>
          {members.map((member, i) => (
            <li key={i}>
              <code>{member.text}</code>
              <span>{member.about}</span>
              {member.assumed && <em>assumed</em>}
            </li>
          ))}
        </ul>
        {set.size > SHOWN && <p className={styles.none}>… and {set.size - SHOWN} more.</p>}
      </div>
      {users.length > 0 && (
        <div className={styles.users}>
          Used by
          {users.slice(0, 12).map(({ chain, number }) => (
            <button
              key={`${chain.name} ${number}`}
              type="button"
              onClick={() => {
                appStore.getState().select({ kind: 'rule', chain: chain.name, number })
                appStore.getState().setView({ inspectorTab: 'iptables' })
              }}
            >
              {chain.name} {number}
            </button>
          ))}
          {users.length > 12 && <span>and {users.length - 12} more rules</span>}
        </div>
      )}
    </section>
  )
}

/** Members drawn at most; the text forms hold them all. */
const SHOWN = 500

type PodEndpoint = Extract<Endpoint, { readonly kind: 'pod' }>

function describeEntry(
  entry: IpSetEntry,
  pods: ReadonlyMap<number, PodEndpoint>,
  names: ReadonlyMap<string, KernelName>,
): { readonly text: string; readonly about: string; readonly assumed: boolean } {
  switch (entry.kind) {
    case 'net': {
      const pod = entry.prefix.length === 32 ? pods.get(entry.prefix.address) : undefined
      return {
        text: formatIpv4Prefix(entry.prefix) + (entry.nomatch ? ' nomatch' : ''),
        about: entry.nomatch ? 'does not belong to the set' : pod === undefined ? '' : endpointName(pod),
        assumed: pod?.assumed === true,
      }
    }
    case 'ipPort': {
      const pod = pods.get(entry.address)
      const protocol = { 6: 'tcp', 17: 'udp', 132: 'sctp' }[entry.protocol] ?? `${entry.protocol}`
      return {
        text: `${formatIpv4(entry.address)},${protocol}:${entry.port}`,
        about: pod === undefined ? '' : endpointName(pod),
        assumed: pod?.assumed === true,
      }
    }
    case 'set': {
      const name = names.get(entry.set)
      return {
        text: entry.set,
        about: `${name?.readable ?? ''} ${name?.sentence ?? ''}`.trim(),
        assumed: false,
      }
    }
    case 'other':
      return { text: entry.text, about: '', assumed: false }
  }
}
