import type { DumpLine } from '../../model/dumpText.ts'
import { listedChain } from './readListing.ts'

/** The built-in chain or other chain that a line of `iptables -S` or `-L` begins. */
function groupHead(line: string): { readonly chain: string; readonly builtIn: boolean } | undefined {
  const found = /^-(P|N) (\S+)/.exec(line)
  if (found !== null) return { chain: found[2] ?? '', builtIn: found[1] === 'P' }
  const listed = listedChain(line)
  return listed === undefined ? undefined : { chain: listed.name, builtIn: listed.policy !== '-' }
}

/** The table that has these built-in chains; the filter table where none tells. */
function tableWith(builtIn: ReadonlySet<string>): string {
  if (builtIn.has('PREROUTING') || builtIn.has('POSTROUTING')) {
    if (builtIn.has('FORWARD')) return 'mangle'
    return builtIn.has('POSTROUTING') || builtIn.size === 1 ? 'nat' : 'raw'
  }
  return 'filter'
}

/**
 * To which table the lines of `iptables -S` and `iptables -L` belong. Neither text says so: their built-in chains do, or
 * the command that was typed above. A table's built-in chains come before its others.
 */
export function tablesOfLines(lines: readonly DumpLine[]): readonly (string | undefined)[] {
  const result: (string | undefined)[] = []
  let group: number[] = []
  let builtIn = new Set<string>()
  let others = false
  let hint: string | undefined
  let typed: string | undefined
  const close = () => {
    const name = hint ?? tableWith(builtIn)
    for (const index of group) result[index] = name
    group = []
    builtIn = new Set()
    others = false
  }
  let format: DumpLine['format']
  lines.forEach((line, index) => {
    if (line.format === undefined) return
    const head =
      line.format === 'iptables-rules' || line.format === 'iptables-list' ? groupHead(line.text) : undefined
    const again = head?.builtIn === true && (others || builtIn.has(head.chain))
    const another = line.table !== typed
    if (again || another || line.format !== format) close()
    // A command says what its own output is, not what comes after that.
    if (another) hint = line.table
    else if (again) hint = undefined
    typed = line.table
    format = line.format
    if (format !== 'iptables-rules' && format !== 'iptables-list') return
    group.push(index)
    if (head?.builtIn === true) builtIn.add(head.chain)
    else if (head !== undefined) others = true
  })
  close()
  return result
}

/** The chains that the text makes, by table, wherever it makes them: a jump may stand before its chain. */
export function declaredChains(
  lines: readonly DumpLine[],
  tableOf: readonly (string | undefined)[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const result = new Map<string, Set<string>>()
  let saved = ''
  lines.forEach(({ text, format }, index) => {
    if (text.startsWith('*')) saved = text.slice(1).trim()
    const found = /^(?::(\S+)|(?:-N|--new-chain)\s+(\S+)|Chain (\S+) \()/.exec(text)
    const name = found?.[1] ?? found?.[2] ?? found?.[3]
    if (name === undefined || format === undefined) return
    const table = tableOf[index] ?? saved
    const names = result.get(table) ?? new Set()
    result.set(table, names.add(name))
  })
  return result
}
