import type { Endpoint } from '../../model/connectivity.ts'
import { formatIpv4 } from '../../model/ip.ts'
import { knownBlock } from '../../model/knownBlocks.ts'

/** How an end of a flow is called on screen: `default/web-1`, `10.0.0.0/8`, `outside`. */
export function endpointName(endpoint: Endpoint): string {
  switch (endpoint.kind) {
    case 'pod':
      return `${endpoint.namespace}/${endpoint.name}`
    case 'cidr':
      return endpoint.cidr
    case 'outside':
      return 'outside'
  }
}

/** What stands behind the name, as a phrase. */
export function endpointAbout(endpoint: Endpoint): string {
  switch (endpoint.kind) {
    case 'pod': {
      const address = formatIpv4(endpoint.address)
      const host = endpoint.hostNetwork ? ', host network' : ''
      return `pod ${address}${host}${endpoint.assumed ? ', assumed' : ''}`
    }
    case 'cidr': {
      const known = knownBlock(endpoint.cidr)
      const about = known === undefined ? '' : ` (${known})`
      return endpoint.holes.length === 0
        ? `addresses of the block${about}`
        : `the block${about} without ${endpoint.holes.join(', ')}`
    }
    case 'outside':
      return 'every other address outside the cluster'
  }
}
