import type { PacketTrace } from '../../model/packetTrace.ts'
import { appStore } from '../../store/appStore.ts'
import { placeOfOrigin } from '../editor/sourceAt.ts'

/** Goes to a step of the walk; the field that its rule stems from comes into view, the focus stays where it is. */
export function goToStep({ steps }: Pick<PacketTrace, 'steps'>, index: number): void {
  const { goToPacketStep, picture, revealRange } = appStore.getState()
  goToPacketStep(index)
  const origin = steps[index]?.origin
  const place = origin && picture && placeOfOrigin(picture.analysis, origin)
  if (place !== undefined) revealRange(place.file, place.range.start, place.range.end, true)
}
