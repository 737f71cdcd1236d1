import type { PacketTrace } from '../../model/packetTrace.ts'
import { appStore } from '../../store/appStore.ts'
import { showPlace } from '../node/showPlace.ts'
import { placeOfOrigin } from '../editor/sourceAt.ts'

/**
 * Goes to a step of the walk; the line of the dump that its rule is, or else the field that it stems from, comes into
 * view. The focus stays where it is.
 */
export function goToStep({ steps }: Pick<PacketTrace, 'steps'>, index: number): void {
  const { goToPacketStep, picture, revealRange } = appStore.getState()
  goToPacketStep(index)
  const { origin, place: line } = steps[index] ?? {}
  if (line !== undefined) {
    showPlace(line, true)
    return
  }
  const place = origin && picture && placeOfOrigin(picture.analysis, origin)
  if (place !== undefined) revealRange(place.file, place.range.start, place.range.end, true)
}
