/** Addresses that a reader of policies meets everywhere. */
const KNOWN: ReadonlyMap<string, string> = new Map([
  ['0.0.0.0/0', 'any address'],
  ['169.254.169.254/32', 'instance metadata'],
  ['168.63.129.16/32', 'Azure platform: DNS, health probes'],
  ['10.0.0.0/8', 'private network'],
  ['172.16.0.0/12', 'private network'],
  ['192.168.0.0/16', 'private network'],
  ['100.64.0.0/10', 'carrier-grade NAT range'],
  ['169.254.0.0/16', 'link-local range'],
])

/** What a block is for everyone, by its text; undefined where it is nothing in particular. */
export function knownBlock(cidr: string): string | undefined {
  return KNOWN.get(cidr)
}
