import type { ResourceKey, ResourceSource } from '../model/origin.ts'
import { sourceAt, sourceNumbers, type PackedSources } from '../model/packedSources.ts'

/** Made when the first resource is looked for. An analysis is never changed in place, so that they hold as long as it. */
const known = new WeakMap<PackedSources, ReadonlyMap<ResourceKey, number>>()

/** Where a resource stands in the text; undefined when it does not. */
export function sourceOf(sources: PackedSources, resource: ResourceKey): ResourceSource | undefined {
  let numbers = known.get(sources)
  if (numbers === undefined) {
    numbers = sourceNumbers(sources)
    known.set(sources, numbers)
  }
  const number = numbers.get(resource)
  return number === undefined ? undefined : sourceAt(sources, number)
}
