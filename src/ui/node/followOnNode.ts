import type { ChangedVerdict } from '../../model/nodeReport.ts'
import type { TrafficSet } from '../../model/traffic.ts'
import { appStore } from '../../store/appStore.ts'
import { firstPacket } from '../../store/firstPacket.ts'
import { EMPTY_PACKET, endpointText } from '../../store/packet.ts'

/** Opens the packet's pane with the first of the traffic, on its way through the node's own rules. */
export function followOnNode({ src, dst }: Pick<ChangedVerdict, 'src' | 'dst'>, traffic: TrafficSet): void {
  const { picture, askPacket, setView } = appStore.getState()
  const text = (id: string): string => {
    const endpoint = picture?.analysis.endpoints.find(one => one.id === id)
    return endpoint === undefined ? id : endpointText(endpoint)
  }
  askPacket({
    ...EMPTY_PACKET,
    from: text(src),
    to: text(dst),
    traffic: firstPacket(traffic),
    rules: 'node',
  })
  setView({ inspectorTab: 'packet', pane: 'inspector' })
}
