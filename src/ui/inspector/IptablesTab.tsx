import { useMemo, useState } from 'react'
import type { Analysis } from '../../model/protocol.ts'
import type { Chain } from '../../model/ruleset.ts'
import { appStore } from '../../store/appStore.ts'
import type { KernelName } from '../../store/kernelNames.ts'
import { setsOf } from '../../store/linked.ts'
import type { IptablesForm } from '../../store/viewSettings.ts'
import { useAppStore } from '../useApp.ts'
import { CopyButtons } from '../widgets/CopyButtons.tsx'
import { Segments } from '../widgets/Segments.tsx'
import { AssumedPods, WrapLines } from './TextOptions.tsx'
import { Legend } from './Legend.tsx'
import { PrintedText } from './PrintedText.tsx'
import { usePrinted } from './usePrinted.ts'
import styles from './Inspector.module.css'

const FORMS: readonly { readonly value: IptablesForm; readonly label: string; readonly title: string }[] = [
  { value: 'iptables-list', label: '-nvL', title: 'As iptables -nvL lists it' },
  { value: 'iptables-save', label: 'save', title: 'As iptables-save prints it' },
  { value: 'iptables-restore', label: 'restore', title: 'What azure-npm feeds to iptables-restore' },
]

interface Props {
  readonly analysis: Analysis
  readonly names: ReadonlyMap<string, KernelName>
}

export function IptablesTab({ analysis, names }: Props) {
  const form = useAppStore(state => state.view.iptablesForm)
  const wanted = useAppStore(state => state.view.chainFilter)
  const lines = usePrinted(form)
  const chains = useMemo(() => analysis.ruleset.tables.flatMap(table => table.chains), [analysis])
  // A chain that went away with its policy is no filter any more.
  const filter = chains.some(chain => chain.name === wanted) ? wanted : ''

  const shown = useMemo(
    () => (filter === '' ? lines : lines?.filter(line => line.chain === filter)),
    [lines, filter],
  )
  const legend = useMemo(() => {
    const own = chains.filter(chain => filter === '' || chain.name === filter)
    const used = new Set(
      own.flatMap(chain => [
        chain.name,
        ...chain.rules.flatMap(rule => [
          ...setsOf(rule),
          ...(rule.target.kind === 'jump' || rule.target.kind === 'goto' ? [rule.target.chain] : []),
        ]),
      ]),
    )
    return [...used].flatMap(name => names.get(name) ?? [])
  }, [chains, filter, names])

  const text = (): string => (shown ?? []).map(line => `${line.text}\n`).join('')

  return (
    <>
      <div className={styles.toolbar}>
        <Segments
          label="Form"
          value={form}
          options={FORMS}
          onChange={iptablesForm => appStore.getState().setView({ iptablesForm })}
        />
        <ChainFilter chains={chains} filter={filter} />
        <div className={styles.end}>
          <CopyButtons what="iptables" fileName={`${form}.txt`} text={text} />
        </div>
        <WrapLines />
        <AssumedPods analysis={analysis} />
      </div>
      {shown === undefined ? (
        <p className={styles.empty}>Printing …</p>
      ) : (
        <PrintedText label="iptables text" lines={shown} names={names} />
      )}
      <Legend names={legend} />
    </>
  )
}

/** More options than this are made when somebody is about to choose: a large cluster has tens of thousands of chains. */
const FEW_CHAINS = 300

function ChainFilter({ chains, filter }: { readonly chains: readonly Chain[]; readonly filter: string }) {
  const [choosing, setChoosing] = useState(false)
  const options = (shown: readonly Chain[]) =>
    shown.map(({ name, meaning }) => (
      <option key={name} value={name}>
        {meaning?.kind === 'policy' ? `${name} (${meaning.policy})` : name}
      </option>
    ))
  const few = chains.length <= FEW_CHAINS
  return (
    <select
      aria-label="Chain"
      value={filter}
      onPointerDown={() => setChoosing(true)}
      onFocus={() => setChoosing(true)}
      onBlur={() => setChoosing(false)}
      onChange={event => appStore.getState().setView({ chainFilter: event.target.value })}
    >
      <option value="">all chains</option>
      {few && options(chains)}
      {!few && !choosing && options(chains.filter(({ name }) => name === filter))}
      {/* A group is put into the page as one. */}
      {!few && choosing && <optgroup label="Chains">{options(chains)}</optgroup>}
    </select>
  )
}
