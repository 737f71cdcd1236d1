import type { ResourceKey, ResourceSource } from './origin.ts'

/**
 * Where all resources stand in the user's text, as a few arrays: one object a resource takes the page seconds to read
 * where there are a hundred thousand. Resources have numbers, in the order of the text.
 */
export interface PackedSources {
  /** All keys, one after the other, and where each begins; one number more than there are resources. */
  readonly keys: string
  readonly keyStarts: Int32Array
  readonly files: readonly string[]
  /** By resource: index into `files`; start and end of the document. */
  readonly fileOf: Int32Array
  readonly ranges: Int32Array
  /** The paths of each form of resource, and by resource its form. */
  readonly forms: readonly (readonly string[])[]
  readonly formOf: Int32Array
  /** `ResourceSource.places` of all resources, and by resource where they begin. */
  readonly places: Int32Array
  readonly placeStarts: Int32Array
}

export function packSources(sources: Readonly<Record<ResourceKey, ResourceSource>>): PackedSources {
  const all = Object.entries(sources)
  const n = all.length
  const files = new Map<string, number>()
  const forms = new Map<readonly string[], number>()
  const numberIn = <T>(numbers: Map<T, number>, item: T): number => {
    const number = numbers.get(item) ?? numbers.size
    numbers.set(item, number)
    return number
  }
  const keyStarts = new Int32Array(n + 1)
  const fileOf = new Int32Array(n)
  const ranges = new Int32Array(2 * n)
  const formOf = new Int32Array(n)
  const placeStarts = new Int32Array(n)
  const places = new Int32Array(all.reduce((sum, [, source]) => sum + source.places.length, 0))
  let place = 0
  all.forEach(([key, source], i) => {
    keyStarts[i + 1] = (keyStarts[i] ?? 0) + key.length
    fileOf[i] = numberIn(files, source.file)
    ranges[2 * i] = source.range.start
    ranges[2 * i + 1] = source.range.end
    formOf[i] = numberIn(forms, source.paths)
    placeStarts[i] = place
    places.set(source.places, place)
    place += source.places.length
  })
  return {
    keys: all.map(([key]) => key).join(''),
    keyStarts,
    files: [...files.keys()],
    fileOf,
    ranges,
    forms: [...forms.keys()],
    formOf,
    places,
    placeStarts,
  }
}

export function keyOfSource({ keys, keyStarts }: PackedSources, resource: number): ResourceKey {
  return keys.slice(keyStarts[resource], keyStarts[resource + 1])
}

/** Numbers by key. */
export function sourceNumbers(sources: PackedSources): ReadonlyMap<ResourceKey, number> {
  const numbers = new Map<ResourceKey, number>()
  for (let i = 0; i < sources.fileOf.length; i++) numbers.set(keyOfSource(sources, i), i)
  return numbers
}

export function sourceAt(sources: PackedSources, resource: number): ResourceSource | undefined {
  const { files, fileOf, ranges, forms, formOf, places, placeStarts } = sources
  const file = files[fileOf[resource] ?? -1]
  const paths = forms[formOf[resource] ?? -1]
  if (file === undefined || paths === undefined) return undefined
  const first = placeStarts[resource] ?? 0
  return {
    file,
    range: { start: ranges[2 * resource] ?? 0, end: ranges[2 * resource + 1] ?? 0 },
    paths,
    places: [...places.subarray(first, first + 2 * paths.length)],
  }
}

/** The first resource whose document holds the offset into the file; -1 when there is none. */
export function sourceNumberAt(sources: PackedSources, file: string, offset: number): number {
  const { files, fileOf, ranges } = sources
  const wanted = files.indexOf(file)
  if (wanted < 0) return -1
  for (let i = 0; i < fileOf.length; i++)
    if (fileOf[i] === wanted && offset >= (ranges[2 * i] ?? 0) && offset < (ranges[2 * i + 1] ?? 0)) return i
  return -1
}
