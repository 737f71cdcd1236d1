import { useMemo } from 'react'
import type { NodeReport } from '../../model/nodeReport.ts'
import { plural } from '../../graph/formatNumber.ts'
import type { KernelName } from '../../store/kernelNames.ts'
import { NodeThings, type NodeThing } from './NodeThings.tsx'
import inspector from '../inspector/Inspector.module.css'

interface Props {
  readonly report: NodeReport
  readonly names: ReadonlyMap<string, KernelName>
}

/** The node's sets with what they mean. */
export function NodeSets({ report, names }: Props) {
  const { sets } = report
  const things = useMemo(
    () =>
      sets.map(({ name, type, entries, meanings, place }): NodeThing => {
        const isKnown = meanings.length > 0
        const meaning = meanings.join(' + ')
        return {
          key: name,
          name,
          title: isKnown ? meaning : name,
          about: `${isKnown ? name : 'meaning unknown'} · ${type}`,
          count: entries,
          sentence:
            names.get(name)?.sentence ??
            (isKnown ? meaning : 'Nobody knows what it means: nothing in the scenario has this name.'),
          facts: `${type}, ${plural(entries, 'entry', 'entries')}`,
          place,
          // The same set among the expected ones lights up with its YAML.
          selection: names.has(name) ? { kind: 'set', name } : undefined,
        }
      }),
    [sets, names],
  )
  return sets.length === 0 ? (
    <p className={inspector.empty}>
      No set is in the dumps. Add the output of ipset save or ipset list: without the members nobody can tell
      which pods a rule is about.
    </p>
  ) : (
    <NodeThings label="Sets" one="Set" things={things} />
  )
}
