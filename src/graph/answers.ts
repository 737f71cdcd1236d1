import { required } from '../model/assert.ts'
import type { Connectivity } from '../model/connectivity.ts'
import type { FlowKind } from '../model/picture.ts'
import type { TrafficSet } from '../model/traffic.ts'
import { flowKind } from './flowKinds.ts'

/** Another state of the same endpoints, to compare with. */
export interface GraphBase {
  readonly connectivity: Connectivity
  /** The class there of each endpoint here; -1 for one that is not there. */
  readonly classOf: Int32Array
}

/**
 * What is to be said about each pair of classes. Classes are the connectivity's or, with a base, finer: their members
 * are alike there too. A pair has a code, its place in `kinds`, -1 where no policy speaks.
 */
export interface Answers {
  /** Endpoint indexes by class, ascending. */
  readonly classes: readonly (readonly number[])[]
  /** The class of each endpoint. */
  readonly classOf: Int32Array
  /** Shared: equal answers are the same object. Grows as answers are asked for. */
  readonly kinds: readonly FlowKind[]
  /** Codes from a source class to every class; good until the next call. */
  readonly row: (source: number) => Int32Array
  /** Codes from every class to a destination class; good until the next call. */
  readonly column: (destination: number) => Int32Array
  /** Quick where one source is asked about after the other. */
  readonly between: (source: number, destination: number) => FlowKind | undefined
}

/** With `asked`, verdicts about that traffic alone. */
export function answersOf(
  connectivity: Connectivity,
  base: GraphBase | undefined,
  asked: TrafficSet | undefined,
): Answers {
  const { traffic } = connectivity
  const { classes, classOf, parents, bases } = refined(connectivity, base)
  const kinds: FlowKind[] = []
  const codes: Codes = { plain: [], compared: [] }

  const codeOf = (promised: number, enforced: number, governed: number, before: number): number => {
    const known = lookup(codes.plain, promised * 2 + governed, enforced)
    const code =
      known >= 0
        ? known
        : store(
            codes.plain,
            promised * 2 + governed,
            enforced,
            kinds.push(kindOf(promised, enforced, governed)) - 1,
          )
    if (before < 0) return code
    const compared = lookup(codes.compared, code, before)
    if (compared >= 0) return compared
    const kind = kindOf(promised, enforced, governed, base?.connectivity.traffic[before])
    const same = kind.change === 'none'
    return store(codes.compared, code, before, same ? code : kinds.push(kind) - 1)
  }
  const kindOf = (promised: number, enforced: number, governed: number, before?: TrafficSet): FlowKind =>
    flowKind(
      required(traffic[promised], 'promised traffic'),
      required(traffic[enforced], 'enforced traffic'),
      governed === 1,
      { ...(asked !== undefined && { asked }), before },
    )

  const line = new Int32Array(classes.length)
  const fill = (which: 'row' | 'column', own: number): Int32Array => {
    const { kubernetes, dataplane, governed } = connectivity[which](parents[own] ?? -1)
    const there = bases[own] ?? -1
    const before = there < 0 ? undefined : base?.connectivity[which](there).dataplane
    for (let other = 0; other < line.length; other++) {
      const parent = parents[other] ?? -1
      const promised = kubernetes[parent] ?? -1
      const enforced = dataplane[parent] ?? -1
      line[other] =
        promised < 0 || enforced < 0
          ? -1
          : codeOf(promised, enforced, governed[parent] ?? 0, before?.[bases[other] ?? -1] ?? -1)
    }
    return line
  }
  let filled: { readonly source: number; readonly codes: Int32Array } | undefined
  return {
    classes,
    classOf,
    kinds,
    row: source => {
      filled = undefined
      return fill('row', source)
    },
    column: destination => {
      filled = undefined
      return fill('column', destination)
    },
    between: (source, destination) => {
      if (filled?.source !== source) filled = { source, codes: fill('row', source) }
      return kinds[filled.codes[destination] ?? -1]
    },
  }
}

interface Refined {
  readonly classes: readonly (readonly number[])[]
  readonly classOf: Int32Array
  /** By class, the connectivity's class and the base's. */
  readonly parents: Int32Array
  readonly bases: Int32Array
}

function refined(connectivity: Connectivity, base: GraphBase | undefined): Refined {
  if (base === undefined)
    return {
      classes: connectivity.classes.map(({ endpoints }) => endpoints),
      classOf: connectivity.classOf,
      parents: Int32Array.from(connectivity.classes, (_, index) => index),
      bases: new Int32Array(connectivity.classes.length).fill(-1),
    }
  const known = new Map<string, number>()
  const classes: number[][] = []
  const parents: number[] = []
  const bases: number[] = []
  const classOf = Int32Array.from(connectivity.classOf, (parent, endpoint) => {
    const there = base.classOf[endpoint] ?? -1
    const key = `${parent} ${there}`
    const index = known.get(key) ?? classes.length
    if (index === classes.length) {
      known.set(key, index)
      classes.push([])
      parents.push(parent)
      bases.push(there)
    }
    classes[index]?.push(endpoint)
    return index
  })
  return { classes, classOf, parents: Int32Array.from(parents), bases: Int32Array.from(bases) }
}

interface Codes {
  /** By promise and whether it is governed, then by what is enforced. */
  readonly plain: Int32Array[]
  /** By plain code, then by what the base enforces. */
  readonly compared: Int32Array[]
}

/** -1 where nothing is stored yet. */
function lookup(table: readonly Int32Array[], row: number, at: number): number {
  return (table[row]?.[at] ?? 0) - 1
}

function store(table: Int32Array[], row: number, at: number, code: number): number {
  let line = table[row]
  if (line === undefined || line.length <= at) {
    const longer = new Int32Array(2 * at + 8)
    if (line !== undefined) longer.set(line)
    table[row] = line = longer
  }
  line[at] = code + 1
  return code
}
