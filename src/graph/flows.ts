import { required } from '../model/assert.ts'
import type { FlowFilter } from '../model/graphView.ts'
import type { GraphFlow, GraphNode } from '../model/picture.ts'
import { compareBytes } from '../model/order.ts'
import type { Answers } from './answers.ts'
import { kindMatcher } from './flowFilter.ts'
import { FLOW_VERDICTS } from './graphModel.ts'
import { partsOf, type GraphScene } from './graphScene.ts'
import { mergeTally, sumAt, tallyAround, tallyMask, type FlowSum, type FlowTally } from './flowTally.ts'
import { tallyParts } from './summing.ts'

/** Up to so many namespaces each has its own place in the sums, so that opening one makes no new ones. */
const MOST_PLACES = 2000

/**
 * The flows between different nodes that have an end in `matched` (all when undefined) and a kind that the filter asks
 * for, in the nodes' order. Closed namespaces cost nothing but the sums that the scene keeps. `tally` is from node to
 * node.
 */
export function flowsBetween(
  scene: GraphScene,
  filter: FlowFilter,
  nodes: readonly GraphNode[],
  matched: ReadonlySet<string> | undefined,
  tally: FlowTally = tallyOfNodes(scene, filter, nodes),
): readonly GraphFlow[] {
  const answers = scene.answers(filter)
  const accepts = maskOf(filter)
  const sampleOf = samplesIn(scene, answers, placesOfEndpoints(scene, nodes))
  const flows: GraphFlow[] = []
  nodes.forEach((source, s) => {
    nodes.forEach((target, t) => {
      if (s === t || (matched !== undefined && !matched.has(source.id) && !matched.has(target.id))) return
      const sum = sumAt(tally, answers.kinds, s * nodes.length + t)
      if (sum === undefined || (sum.mask & accepts) === 0) return
      flows.push(flowOf(source.id, target.id, sum, sampleOf(sum, s, t)))
    })
  })
  return flows
}

export function flowOf(
  source: string,
  target: string,
  { kind, verdict, deviates, change, pairs, unlike }: FlowSum,
  [src, dst]: readonly [src: string, dst: string],
): GraphFlow {
  return { source, target, kind, verdict, deviates, change, pairs, unlike, src, dst }
}

/** Endpoint ids of a pair that a sum's worst kind holds for, from one place to another or within one. */
export function samplesIn(
  { endpoints }: GraphScene,
  { classes }: Answers,
  placeOf: Int32Array,
): (sum: FlowSum, source: number, target: number) => readonly [string, string] {
  return (sum, source, target) => {
    const src = classes[sum.source]?.find(index => placeOf[index] === source)
    const dst = classes[sum.target]?.find(index => placeOf[index] === target && index !== src)
    return [required(endpoints[src ?? -1], 'source').id, required(endpoints[dst ?? -1], 'target').id]
  }
}

/** What a cell's mask must have something of to be shown. */
export function maskOf(filter: FlowFilter): number {
  const matches = kindMatcher(filter)
  let mask = 0
  for (const verdict of FLOW_VERDICTS)
    for (const deviates of [false, true])
      for (const change of ['none', 'opened'] as const) {
        const kind = { verdict, deviates, change, governed: true, enforced: [], promised: [] }
        const whole = { ...kind, enforcedText: '', promisedText: '' }
        if (matches(whole)) mask |= tallyMask(whole) & 0xffff
      }
  return mask
}

/** The place of each endpoint, an index into `nodes`; -1 for those in none. */
export function placesOfEndpoints(scene: GraphScene, nodes: readonly GraphNode[]): Int32Array {
  const places = new Int32Array(scene.endpoints.length).fill(-1)
  nodes.forEach((node, place) => {
    for (const index of node.endpoints) places[index] = place
  })
  return places
}

function isClosed(node: GraphNode | undefined): boolean {
  return node?.kind === 'namespace' || node?.kind === 'namespaces'
}

/**
 * From node to node; a cell is `source * nodes.length + target`. Nothing between closed namespaces as long as the scene
 * has not summed them.
 */
export function tallyOfNodes(scene: GraphScene, filter: FlowFilter, nodes: readonly GraphNode[]): FlowTally {
  const answers = scene.answers(filter)
  const places = placesOfEndpoints(scene, nodes)
  const parts = partsOf(scene.endpoints, answers, (_, index) => places[index] ?? -1)
  if (!nodes.some(isClosed)) return tallyParts(answers, parts, nodes.length)
  const tally = tallyAround(answers, parts, nodes.length, place => !isClosed(nodes[place]))
  const names = [...scene.namespaces.keys()]
  const nodeOf = new Map<string, number>()
  nodes.forEach((node, place) => {
    if (node.kind === 'namespace') nodeOf.set(node.title, place)
    for (const name of node.namespaces) nodeOf.set(name, place)
  })
  if (names.length <= MOST_PLACES) {
    const order = new Map(names.sort(compareBytes).map((name, i) => [name, i]))
    const sums = scene.tally(filter, names.length, name => order.get(name) ?? -1)
    if (sums !== undefined)
      mergeTally(
        tally,
        sums,
        names.map(name => nodeOf.get(name) ?? -1),
        nodes.length,
        answers,
      )
  } else {
    const sums = scene.tally(filter, nodes.length, name => nodeOf.get(name) ?? -1)
    if (sums !== undefined)
      mergeTally(
        tally,
        sums,
        nodes.map((_, i) => i),
        nodes.length,
        answers,
      )
  }
  return tally
}
