import { useMemo, useState } from 'react'
import type { NodeChain, NodeReport } from '../../model/nodeReport.ts'
import { plural } from '../../graph/formatNumber.ts'
import { appStore } from '../../store/appStore.ts'
import type { KernelName } from '../../store/kernelNames.ts'
import { VirtualRows } from '../widgets/VirtualRows.tsx'
import { PlaceLink } from './PlaceLink.tsx'
import { holdsWords, SearchField } from './SearchField.tsx'
import styles from './NodeTab.module.css'

interface Props {
  readonly report: NodeReport
  readonly names: ReadonlyMap<string, KernelName>
}

const ROW_HEIGHT = 44

/** azure-npm's chains and those of the filter table first, the other tables as context. */
function ordered(chains: readonly NodeChain[]): readonly NodeChain[] {
  const rank = ({ table, name }: NodeChain): number =>
    name.startsWith('AZURE-NPM') ? 0 : table === 'filter' ? 1 : 2
  return chains.toSorted((a, b) => rank(a) - rank(b))
}

/** The node's chains with the policies that they serve. */
export function NodeChains({ report, names }: Props) {
  const [wanted, setWanted] = useState('')
  const [chosen, setChosen] = useState<NodeChain | undefined>()
  const chains = useMemo(() => ordered(report.chains), [report])
  const shown = useMemo(
    () =>
      wanted.trim() === ''
        ? chains
        : chains.filter(({ table, name, meaning = '' }) =>
            holdsWords(`${table} ${name} ${meaning}`, wanted.trim()),
          ),
    [chains, wanted],
  )
  return (
    <>
      <SearchField
        label="Search chains"
        value={wanted}
        shown={shown.length}
        all={chains.length}
        onChange={setWanted}
      />
      <VirtualRows
        label="Chains of the node"
        count={shown.length}
        rowHeight={ROW_HEIGHT}
        isSelectable={() => true}
        isSelected={i => chosen !== undefined && shown[i] === chosen}
        onSelect={i => {
          const chain = shown[i]
          setChosen(chain)
          appStore
            .getState()
            .select(chain?.table === 'filter' ? { kind: 'chain', name: chain.name } : undefined)
        }}
        row={i => {
          const chain = shown[i]
          if (chain === undefined) return null
          return (
            <div className={styles.thing}>
              <p>
                <strong>{chain.meaning ?? chain.name}</strong>
                <code>
                  {chain.meaning === undefined ? '' : `${chain.name} · `}
                  {chain.table}
                </code>
              </p>
              <span>{chain.rules.toLocaleString('en')}</span>
            </div>
          )
        }}
      />
      {chosen !== undefined && shown.includes(chosen) && (
        <section className={styles.details} aria-label={`Chain ${chosen.name}`}>
          <p>
            <code>{chosen.name}</code> {names.get(chosen.name)?.sentence ?? chosen.meaning}
          </p>
          <p className={styles.advice}>
            table {chosen.table}, {plural(chosen.rules, 'rule')}
            {chosen.place !== undefined && (
              <>
                , <PlaceLink place={chosen.place} />
              </>
            )}
          </p>
        </section>
      )}
    </>
  )
}
