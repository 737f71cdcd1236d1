import { compareBytes } from '../model/order.ts'
import { plural } from './formatNumber.ts'

/** Namespaces that are one node: one by itself, or several with like names. */
export interface ClosedPlace {
  /** `namespace:shop`, `namespaces:team-` or, for the rest, `namespaces:*`, which no name contains. */
  readonly id: string
  readonly title: string
  /** In byte order. */
  readonly namespaces: readonly string[]
}

/** Most of the room goes to the place that was opened last. */
const SHARE_OF_OPENED = 0.7

/**
 * At most `most` places for all of the names. Those of `apart`, in order, keep a place of their own as long as there is
 * room; of the others those whose names start alike stand together, as finely as there is room, and finest in the place
 * of `opened` ids that was opened last. `sizeOf` is a namespace's number of pods.
 */
export function closedPlaces(
  names: readonly string[],
  most: number,
  apart: readonly string[],
  opened: readonly string[],
  sizeOf: (name: string) => number,
): readonly ClosedPlace[] {
  if (names.length <= most) return names.map(single)
  const known = new Set(names)
  const alone = apart.filter(name => known.has(name)).slice(0, Math.max(0, most - 2))
  const own = new Set(alone)
  const rest = names.filter(name => !own.has(name))
  const room = most - alone.length
  const start = opened.findLast(id => id.startsWith(SEVERAL))?.slice(SEVERAL.length)
  const inside =
    start === undefined || start === REST || room < 3 ? [] : rest.filter(name => name.startsWith(start))
  const finest = together(inside, Math.max(1, Math.floor(room * SHARE_OF_OPENED)), sizeOf)
  const chosen = new Set(inside)
  const places = [
    ...alone.map(single),
    ...finest,
    ...together(
      rest.filter(name => !chosen.has(name)),
      room - finest.length,
      sizeOf,
    ),
  ]
  return places.sort((a, b) => compareBytes(a.namespaces[0] ?? '', b.namespaces[0] ?? ''))
}

const SEVERAL = 'namespaces:'
const REST = '*'

function single(name: string): ClosedPlace {
  return { id: `namespace:${name}`, title: name, namespaces: [name] }
}

/** By as long a common start of their names as gives at most `most` places, the largest parted first. */
function together(
  names: readonly string[],
  most: number,
  sizeOf: (name: string) => number,
): readonly ClosedPlace[] {
  if (names.length === 0) return []
  let groups: readonly (readonly string[])[] = [names]
  for (;;) {
    const parted = partLargest(groups, most)
    if (parted === undefined) break
    groups = parted
  }
  if (groups.length === 1 && startOf(names) === '' && most > 1) return largestAndRest(names, most, sizeOf)
  return groups.map(members => {
    const [only] = members
    return members.length === 1 && only !== undefined ? single(only) : several(startOf(members), members)
  })
}

/** The groups with the largest that has room for its parts replaced by them. */
function partLargest(
  groups: readonly (readonly string[])[],
  most: number,
): readonly (readonly string[])[] | undefined {
  const bySize = groups.filter(group => group.length > 1).sort((a, b) => b.length - a.length)
  for (const group of bySize) {
    const parts = partsOf(group)
    if (groups.length - 1 + parts.length <= most)
      return [...groups.filter(other => other !== group), ...parts]
  }
  return undefined
}

/** By the character after what they have in common. */
function partsOf(names: readonly string[]): readonly (readonly string[])[] {
  const length = startOf(names).length
  const parts = new Map<string, string[]>()
  for (const name of names) {
    const key = name.slice(length, length + 1)
    const own = parts.get(key)
    if (own === undefined) parts.set(key, [name])
    else own.push(name)
  }
  return [...parts.values()]
}

/** What all names start with. */
function startOf(names: readonly string[]): string {
  const [first = ''] = names
  let length = first.length
  for (const name of names) while (!name.startsWith(first.slice(0, length))) length--
  return first.slice(0, length)
}

function largestAndRest(
  names: readonly string[],
  most: number,
  sizeOf: (name: string) => number,
): readonly ClosedPlace[] {
  const ordered = [...names].sort((a, b) => sizeOf(b) - sizeOf(a) || compareBytes(a, b))
  const others = ordered.slice(most - 1).sort(compareBytes)
  return [
    ...ordered.slice(0, most - 1).map(single),
    { id: `${SEVERAL}${REST}`, title: plural(others.length, 'more namespace'), namespaces: others },
  ]
}

function several(start: string, namespaces: readonly string[]): ClosedPlace {
  const title = start === '' ? plural(namespaces.length, 'namespace') : `${start}…`
  return { id: `${SEVERAL}${start}`, title, namespaces }
}
