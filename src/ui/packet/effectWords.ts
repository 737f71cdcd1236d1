import type { Endpoint } from '../../model/connectivity.ts'
import type { SideEffect } from '../../model/suggestion.ts'
import { formatTraffic, NO_TRAFFIC, sameTraffic } from '../../model/traffic.ts'
import { endpointText } from '../../store/packet.ts'

/** What an edit opens or closes between two ends, in words. */
export interface EffectWords {
  readonly kind: 'opens' | 'closes'
  /** `TCP 5432`, `all ports` */
  readonly traffic: string
  /** `shop/web-1 and 2 more` */
  readonly from: string
  readonly to: string
}

export function effectWords(effect: SideEffect, endpoints: readonly Endpoint[]): readonly EffectWords[] {
  const name = (id: string, count: number): string => {
    const endpoint = endpoints.find(one => one.id === id)
    const own = endpoint === undefined ? id : endpointText(endpoint)
    return count === 1 ? own : `${own} and ${count - 1} more`
  }
  const from = name(effect.src, effect.sources)
  const to = name(effect.dst, effect.destinations)
  return (
    [
      ['opens', effect.opened],
      ['closes', effect.closed],
    ] as const
  ).flatMap(([kind, traffic]) => {
    if (sameTraffic(traffic, NO_TRAFFIC)) return []
    const text = formatTraffic(traffic)
    return [{ kind, traffic: text === 'all' ? 'all ports' : text, from, to }]
  })
}
