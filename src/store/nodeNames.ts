import type { RulesetOutline } from '../model/listedSets.ts'
import type { NodeReport } from '../model/nodeReport.ts'
import { kernelNames, type KernelName } from './kernelNames.ts'

/** What the names in a dump mean: those of the rules that should be there, and those that the node has besides. */
export function dumpNames(
  ruleset: RulesetOutline | undefined,
  report: NodeReport | undefined,
): ReadonlyMap<string, KernelName> {
  const names = new Map(ruleset === undefined ? [] : kernelNames(ruleset))
  for (const { name, type, meanings } of report?.sets ?? [])
    if (!names.has(name) && meanings.length > 0)
      names.set(name, { kind: 'set', name, readable: meanings.join(' + '), sentence: `a ${type} set` })
  for (const { name, meaning, table } of report?.chains ?? [])
    if (!names.has(name) && meaning !== undefined)
      names.set(name, { kind: 'chain', name, readable: '', sentence: `${meaning} (table ${table})` })
  return names
}
