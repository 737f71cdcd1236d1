import { endpointName, foldedName } from '../analysis/endpoints/endpointNames.ts'
import { verdictOf, type FlowEngine, type FlowRow, type FlowVerdict } from '../analysis/flows/flowTable.ts'
import { dotOf } from '../graph/dot.ts'
import type { Drawing, DrawingEdge, DrawingNode } from '../graph/drawing.ts'
import type { LineLook } from '../graph/looks.ts'
import { mermaidOf } from '../graph/mermaid.ts'
import type { Endpoint, FlowEnd } from '../model/connectivity.ts'
import { csvRecord } from '../model/csvRecord.ts'
import type { ProfileId } from '../model/scenario.ts'
import { formatTraffic, intersectTraffic, type TrafficSet } from '../model/traffic.ts'
import { textTable } from './textTable.ts'

/** A table of flows, and what to show of it. */
export interface FlowView {
  readonly engine: FlowEngine | 'both'
  readonly profile: ProfileId
  /** What was asked about, in words; null for all traffic. */
  readonly port: string | null
  /** Whether `port` is a port's name, so that each row is about a number of its own. */
  readonly named: boolean
  readonly rows: Iterable<FlowRow>
}

/** The forms of the table, each as pieces of text. */
export const FLOW_FORMATS: Readonly<Record<string, (view: FlowView) => Iterable<string>>> = {
  table: tableOf,
  json: jsonOf,
  csv: csvOf,
  dot: view => dotOf(flowDrawing(view)),
  mermaid: view => mermaidOf(flowDrawing(view)),
}

type VerdictWord = FlowVerdict | 'differs'

/** `allowed`, `blocked`, `partly`, or `differs` where both answers were asked for and disagree. */
function verdictWord({ engine }: FlowView, row: FlowRow): VerdictWord {
  if (engine === 'both' && row.differs) return 'differs'
  return verdictOf(engine === 'dataplane' ? row.dataplane : row.kubernetes, row.asked)
}

function allowedWord(traffic: TrafficSet): string {
  return formatTraffic(traffic)
}

/** The policies that allow something of what was asked, or those that isolate the end for it in vain. */
function endWords(end: FlowEnd, asked: TrafficSet): string {
  if (!end.isolated || end.policies.length === 0) return '-'
  const allowing = allowingPolicies(end, asked)
  return allowing.length > 0
    ? `allowed by ${allowing.map(({ policy }) => policy).join(', ')}`
    : `blocked by ${end.policies.map(({ policy }) => policy).join(', ')}`
}

function allowingPolicies(end: FlowEnd, asked: TrafficSet) {
  return end.policies.filter(({ allows }) => intersectTraffic(allows, asked).length > 0)
}

/** The explanation of a difference: ids, or a question mark where none is known. */
function deviationWords({ differs, deviations }: FlowRow): string {
  return differs ? deviations.join(', ') || '?' : ''
}

const NAMES: Readonly<Record<FlowEngine, string>> = { kubernetes: 'KUBERNETES', dataplane: 'AZURE-NPM' }

function enginesOf({ engine }: FlowView): readonly FlowEngine[] {
  return engine === 'both' ? ['kubernetes', 'dataplane'] : [engine]
}

function* tableOf(view: FlowView): Generator<string> {
  const engines = enginesOf(view)
  const name = namer()
  const rows = [...view.rows]
  const showsDeviations = engines.length > 1 && rows.some(({ differs }) => differs)
  yield textTable([
    [
      'SOURCE',
      'DESTINATION',
      ...(view.named ? ['PORT'] : []),
      'VERDICT',
      ...engines.map(engine => (engines.length > 1 ? NAMES[engine] : 'ALLOWED')),
      'EGRESS OF SOURCE',
      'INGRESS OF DESTINATION',
      ...(showsDeviations ? ['DEVIATIONS'] : []),
    ],
    ...rows.map(row => [
      name(row.src),
      name(row.dst),
      ...(view.named ? [formatTraffic(row.asked)] : []),
      verdictWord(view, row),
      ...engines.map(engine => allowedWord(row[engine])),
      endWords(row.egress, row.asked),
      endWords(row.ingress, row.asked),
      ...(showsDeviations ? [deviationWords(row)] : []),
    ]),
  ])
}

/** Folded names, made once for each list of endpoints. */
function namer(): (endpoints: readonly Endpoint[]) => string {
  const known = new Map<readonly Endpoint[], string>()
  return endpoints => {
    const name = known.get(endpoints) ?? foldedName(endpoints)
    known.set(endpoints, name)
    return name
  }
}

function* csvOf(view: FlowView): Generator<string> {
  const engines = enginesOf(view)
  const name = namer()
  yield `${csvRecord(['source', 'sources', 'destination', 'destinations', ...(view.named ? ['port'] : []), 'verdict', ...engines, 'egress', 'ingress', 'deviations'])}\r\n`
  for (const row of view.rows)
    yield `${csvRecord([
      name(row.src),
      row.src.length,
      name(row.dst),
      row.dst.length,
      ...(view.named ? [formatTraffic(row.asked)] : []),
      verdictWord(view, row),
      ...engines.map(engine => allowedWord(row[engine])),
      endWords(row.egress, row.asked),
      endWords(row.ingress, row.asked),
      engines.length > 1 ? deviationWords(row) : '',
    ])}\r\n`
}

/** One object: the groups of endpoints first, then one flow a line, which speak of groups by index. */
function* jsonOf(view: FlowView): Generator<string> {
  const indexes = new Map<string, number>()
  const groups: { readonly name: string; readonly endpoints: readonly string[] }[] = []
  const groupOf = memoized((endpoints: readonly Endpoint[]): number => {
    const ids = endpoints.map(({ id }) => id)
    const key = ids.join()
    const index = indexes.get(key) ?? groups.length
    if (index === groups.length) {
      indexes.set(key, index)
      groups.push({ name: foldedName(endpoints), endpoints: ids })
    }
    return index
  })
  const engines = enginesOf(view)
  const { engine, profile, port, named } = view
  yield `{"profile":${JSON.stringify(profile)},"engine":${JSON.stringify(engine)},"port":${JSON.stringify(port)},"flows":[`
  let first = true
  for (const row of view.rows) {
    const flow = {
      src: groupOf(row.src),
      dst: groupOf(row.dst),
      ...(named ? { port: formatTraffic(row.asked) } : {}),
      verdict: verdictWord(view, row),
      ...Object.fromEntries(engines.map(one => [one, allowedWord(row[one])])),
      ...(engines.length > 1 ? { differs: row.differs, deviations: row.deviations } : {}),
      egress: endObject(row.egress, row.asked),
      ingress: endObject(row.ingress, row.asked),
    }
    yield `${first ? '\n' : ',\n'}${JSON.stringify(flow)}`
    first = false
  }
  yield `\n],"groups":[${groups.map(group => `\n${JSON.stringify(group)}`).join(',')}\n]}\n`
}

function memoized<K, V>(make: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>()
  return key => {
    const value = known.has(key) ? (known.get(key) as V) : make(key)
    known.set(key, value)
    return value
  }
}

function endObject(end: FlowEnd, asked: TrafficSet): unknown {
  return {
    isolated: end.isolated,
    allowed: formatTraffic(intersectTraffic(end.allowed, asked)),
    isolatedBy: end.policies.map(({ policy }) => policy),
    allowedBy: allowingPolicies(end, asked).map(({ policy, allows, rules }) => ({
      policy,
      allows: formatTraffic(intersectTraffic(allows, asked)),
      rules: rules.filter(rule => intersectTraffic(rule.allows, asked).length > 0).map(({ path }) => path),
    })),
  }
}

/** The flows that policies speak about, for Mermaid and Graphviz; the others would fill the picture. */
function flowDrawing(view: FlowView): Drawing {
  const nodes: DrawingNode[] = []
  const numbers = new Map<string, number>()
  const numberOf = memoized((endpoints: readonly Endpoint[]): number => {
    const key = endpoints.map(({ id }) => id).join()
    const number = numbers.get(key) ?? nodes.length
    if (number === nodes.length) {
      numbers.set(key, number)
      const [only, ...others] = endpoints
      const name = only !== undefined && others.length === 0 ? endpointName(only) : foldedName(endpoints)
      nodes.push({ lines: [name], shape: 'plain', assumed: false, box: undefined })
    }
    return number
  })
  const edges: DrawingEdge[] = []
  let leftOut = 0
  for (const row of view.rows) {
    if (!row.governed && !row.differs) {
      leftOut++
      continue
    }
    const word = verdictWord(view, row)
    const label =
      word === 'differs'
        ? `Kubernetes ${allowedWord(row.kubernetes)}, azure-npm ${allowedWord(row.dataplane)} (${deviationWords(row)})`
        : word === 'blocked'
          ? 'blocked'
          : allowedWord(view.engine === 'dataplane' ? row.dataplane : row.kubernetes)
    edges.push({
      source: numberOf(row.src),
      target: numberOf(row.dst),
      lines: [label],
      look: LOOKS[word],
      verdict: word === 'blocked' || word === 'allowed' ? word : 'partial',
      back: undefined,
    })
  }
  const comments =
    leftOut > 0 ? [`left out: ${leftOut} pairs that no policy speaks about, which are open`] : []
  return { summary: '', comments, boxes: [], nodes, edges }
}

const LOOKS: Readonly<Record<VerdictWord, LineLook>> = {
  allowed: 'allowed',
  partly: 'partial',
  blocked: 'blocked',
  differs: 'deviates',
}
