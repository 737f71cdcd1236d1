/** The built-in chains of each table, in the order of their hooks, which is the order in which they are printed. */
export const BUILT_IN_CHAINS: ReadonlyMap<string, readonly string[]> = new Map([
  ['raw', ['PREROUTING', 'OUTPUT']],
  ['mangle', ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']],
  ['nat', ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING']],
  ['filter', ['INPUT', 'FORWARD', 'OUTPUT']],
  ['security', ['INPUT', 'FORWARD', 'OUTPUT']],
])

export type Hook = 'PREROUTING' | 'INPUT' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING'

/** Tables by netfilter priority; source NAT comes last, destination NAT before the filter. */
export function tablesAtHook(hook: Hook): readonly string[] {
  const sourceNat = hook === 'INPUT' || hook === 'POSTROUTING'
  return sourceNat
    ? ['raw', 'mangle', 'filter', 'security', 'nat']
    : ['raw', 'mangle', 'nat', 'filter', 'security']
}
