import type { ExpectationResult } from '../../model/expectation.ts'
import { appStore } from '../../store/appStore.ts'
import { EMPTY_PACKET, endpointText } from '../../store/packet.ts'
import { trafficSuggestions } from '../packet/fieldSuggestions.ts'

/** Opens the packet's pane with a packet that the expectation speaks about: of a pair that fails, where one does. */
export function followExpectation({ expectation, src, dst }: ExpectationResult): void {
  const { picture, askPacket, setView } = appStore.getState()
  if (picture === undefined) return
  const { analysis } = picture
  const text = (id: string | undefined, otherwise: string): string => {
    const endpoint = analysis.endpoints.find(one => one.id === id)
    return endpoint === undefined ? otherwise : endpointText(endpoint)
  }
  const to = text(dst, expectation.to)
  const usual = trafficSuggestions(analysis, to)[0]?.value ?? ''
  askPacket({
    ...EMPTY_PACKET,
    from: text(src, expectation.from),
    to,
    traffic: expectation.traffic === '' ? usual : expectation.traffic,
  })
  setView({ inspectorTab: 'packet', pane: 'inspector' })
}
