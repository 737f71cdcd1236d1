import type { StoreApi } from 'zustand/vanilla'
import type { AnalysisClient } from './analysisClient.ts'
import type { AppState } from './appStore.ts'

/**
 * Asks about the packet in the form while somebody looks at it, and again for every new picture. One question is open
 * at a time; of the changes meanwhile only the last is asked about.
 */
export function startPacketFollowing(
  store: StoreApi<AppState>,
  client: Pick<AnalysisClient, 'ask'>,
): () => void {
  let asking = false

  const refresh = async (): Promise<void> => {
    const { packet, packetAnswer, picture, view } = store.getState()
    const watched = view.inspectorTab === 'packet' || packetAnswer !== undefined
    if (asking || !watched || picture === undefined) return
    if (packet.from === '' || packet.to === '' || packet.traffic === '') return
    if (packetAnswer?.question === packet && packetAnswer.revision === picture.revision) return
    asking = true
    const response = await client.ask('packet', { question: packet })
    asking = false
    if (response === undefined) {
      // While a newer analysis runs no question is taken; its picture asks anew.
      if (store.getState().packet !== packet) void refresh()
      return
    }
    const { answer, revision } = response
    store.getState().receivePacket({ revision, question: packet, answer })
    void refresh()
  }

  const unsubscribe = store.subscribe((state, before) => {
    if (
      state.packet !== before.packet ||
      state.picture !== before.picture ||
      state.view.inspectorTab !== before.view.inspectorTab
    )
      void refresh()
  })
  void refresh()
  return unsubscribe
}
