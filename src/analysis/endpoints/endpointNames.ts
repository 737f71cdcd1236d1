import type { Endpoint } from '../../model/connectivity.ts'

/** Longer lists say how many more there are. */
const LISTED = 3

/** What people call an end of a flow: `shop/web-1`, `10.0.0.0/8 except 10.1.0.0/16`, `outside`. */
export function endpointName(endpoint: Endpoint): string {
  switch (endpoint.kind) {
    case 'pod':
      return `${endpoint.namespace}/${endpoint.name}${remark(endpoint)}`
    case 'cidr':
      return endpoint.holes.length === 0
        ? endpoint.cidr
        : `${endpoint.cidr} except ${endpoint.holes.join(', ')}`
    case 'outside':
      return 'outside'
  }
}

function remark({ assumed, hostNetwork }: Endpoint & { readonly kind: 'pod' }): string {
  const remarks = [assumed ? 'assumed' : '', hostNetwork ? 'node network' : ''].filter(text => text !== '')
  return remarks.length === 0 ? '' : ` (${remarks.join(', ')})`
}

/** Endings that controllers give to their pods: template hash and suffix, suffix alone, or an ordinal. */
const GENERATED = /(?:(?:-[bcdfghjklmnpqrstvwxz2456789]{6,10})?-[bcdfghjklmnpqrstvwxz2456789]{5}|-\d+)$/

/** The name that a pod shares with its replicas, its own where it tells of none. */
function stemOf({ name, workload }: Endpoint & { readonly kind: 'pod' }): string {
  return workload?.slice(workload.lastIndexOf('/') + 1) ?? name.replace(GENERATED, '')
}

/** One name for several ends: replicas as `shop/web ×3`, at most three different ones, then their number. */
export function foldedName(endpoints: readonly Endpoint[]): string {
  const groups = new Map<string, Endpoint[]>()
  for (const endpoint of endpoints) {
    const key =
      endpoint.kind === 'pod'
        ? `${endpoint.namespace}/${stemOf(endpoint)}${remark(endpoint)}`
        : endpointName(endpoint)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [endpoint])
    else group.push(endpoint)
  }
  const names = [...groups].map(([key, members]) => {
    const only = members[0]
    return members.length === 1 && only !== undefined ? endpointName(only) : timesName(key, members.length)
  })
  if (names.length <= LISTED + 1) return names.join(', ')
  const counted = [...groups.values()].slice(LISTED).reduce((sum, members) => sum + members.length, 0)
  return `${names.slice(0, LISTED).join(', ')} + ${counted} more`
}

function timesName(key: string, count: number): string {
  const [name = '', ...rest] = key.split(' (')
  return [`${name} ×${count}`, ...rest].join(' (')
}
