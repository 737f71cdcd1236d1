import { useMemo } from 'react'
import type { NodeChain, NodeReport } from '../../model/nodeReport.ts'
import { plural } from '../../graph/formatNumber.ts'
import type { KernelName } from '../../store/kernelNames.ts'
import { NodeThings, type NodeThing } from './NodeThings.tsx'

interface Props {
  readonly report: NodeReport
  readonly names: ReadonlyMap<string, KernelName>
}

/** azure-npm's chains and those of the filter table first, the other tables as context. */
function ordered(chains: readonly NodeChain[]): readonly NodeChain[] {
  const rank = ({ table, name }: NodeChain): number =>
    name.startsWith('AZURE-NPM') ? 0 : table === 'filter' ? 1 : 2
  return chains.toSorted((a, b) => rank(a) - rank(b))
}

/** The node's chains with the policies that they serve. */
export function NodeChains({ report, names }: Props) {
  const things = useMemo(
    () =>
      ordered(report.chains).map(({ table, name, meaning, rules, place }): NodeThing => {
        return {
          key: `${table} ${name}`,
          name,
          title: meaning ?? name,
          about: meaning === undefined ? table : `${name} · ${table}`,
          count: rules,
          sentence: names.get(name)?.sentence ?? meaning ?? '',
          facts: `table ${table}, ${plural(rules, 'rule')}`,
          place,
          selection: table === 'filter' ? { kind: 'chain', name } : undefined,
        }
      }),
    [report, names],
  )
  return <NodeThings label="Chains" one="Chain" things={things} />
}
