import { lazy, Suspense } from 'react'
import { followedTrace } from '../../store/packet.ts'
import { useAppStore } from '../useApp.ts'
import type { DrawnPicture } from './packetRoute.ts'

const PacketOnGraph = lazy(async () => ({ default: (await import('./PacketOnGraph.tsx')).PacketOnGraph }))

/** On the canvas, above all lines: the packet that is followed, and the end that the next click sets. */
export function PacketLayer(picture: DrawnPicture) {
  const trace = useAppStore(followedTrace)
  const picking = useAppStore(state => (state.view.inspectorTab === 'packet' ? state.picking : undefined))
  if (trace === undefined && picking === undefined) return null
  return (
    <Suspense fallback={null}>
      <PacketOnGraph {...picture} trace={trace} picking={picking} />
    </Suspense>
  )
}
