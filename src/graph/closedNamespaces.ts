import { compareBytes } from '../model/order.ts'
import { plural } from './formatNumber.ts'

/** Namespaces that are one node: one by itself, or several with like names. */
export interface ClosedPlace {
  /** `namespace:shop`, `namespaces:team-` or, for the rest, `namespaces:*`. */
  readonly id: string
  readonly title: string
  /** In byte order. */
  readonly namespaces: readonly string[]
}

/**
 * At most `most` places for all of the names. Those of `apart`, in order, keep a place of their own as long as there is
 * room; of the others those whose names start alike stand together, and where even these are too many the smallest are
 * one rest. `opened` ids of places part into their namespaces where that fits. `sizeOf` is a namespace's number of pods.
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
  const alone = apart.filter(name => known.has(name)).slice(0, Math.max(0, most - 1))
  const own = new Set(alone)
  const rest = names.filter(name => !own.has(name))
  let places = [...alone.map(single), ...together(rest, most - alone.length, sizeOf)]
  for (const id of [...opened].reverse()) {
    const place = places.find(candidate => candidate.id === id)
    if (place === undefined) continue
    const others = places.filter(candidate => candidate !== place)
    const room = most - others.length
    places = [...others, ...(place.namespaces.length <= room ? place.namespaces.map(single) : [place])]
  }
  return places.sort((a, b) => compareBytes(a.namespaces[0] ?? '', b.namespaces[0] ?? ''))
}

function single(name: string): ClosedPlace {
  return { id: `namespace:${name}`, title: name, namespaces: [name] }
}

/** By as long a common start of their names as gives at most `most` places. */
function together(
  names: readonly string[],
  most: number,
  sizeOf: (name: string) => number,
): readonly ClosedPlace[] {
  let groups: ReadonlyMap<string, readonly string[]> = new Map([['*', names]])
  for (let words = 1; words <= 6; words++) {
    const finer = groupedBy(names, name => startOf(name, words))
    // Too fine from the first word on: the largest of these and one rest below.
    if (finer.size > most && words > 1) break
    groups = finer
    if (finer.size > most) break
  }
  const places = [...groups].map(([start, members]) =>
    members.length === 1 && members[0] !== undefined ? single(members[0]) : several(start, members),
  )
  if (places.length <= most) return places
  const pods = (place: ClosedPlace): number => place.namespaces.reduce((sum, name) => sum + sizeOf(name), 0)
  const ordered = [...places].sort(
    (a, b) => pods(b) - pods(a) || compareBytes(a.namespaces[0] ?? '', b.namespaces[0] ?? ''),
  )
  const kept = ordered.slice(0, Math.max(0, most - 1))
  const others = ordered.slice(kept.length).flatMap(place => place.namespaces)
  return [
    ...kept,
    {
      id: 'namespaces:*',
      title: `${plural(others.length, 'more namespace')}`,
      namespaces: others.sort(compareBytes),
    },
  ]
}

function several(start: string, namespaces: readonly string[]): ClosedPlace {
  return { id: `namespaces:${start}`, title: `${start}…`, namespaces }
}

/** The first so many words of a name; a change from letters to digits parts words too: `team12-a` is `team`, `12`, `a`. */
function startOf(name: string, words: number): string {
  const parts = name.match(/[-._]*(?:[0-9]+|[^-._0-9]+)/g) ?? [name]
  return parts.slice(0, words).join('')
}

function groupedBy(
  names: readonly string[],
  keyOf: (name: string) => string,
): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>()
  for (const name of names) {
    const own = groups.get(keyOf(name))
    if (own === undefined) groups.set(keyOf(name), [name])
    else own.push(name)
  }
  return groups
}
