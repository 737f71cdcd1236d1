import { endpointName, foldedName } from '../analysis/endpointNames.ts'
import { verdictOf, type FlowEngine, type FlowRow } from '../analysis/flowTable.ts'
import type { Endpoint, FlowEnd } from '../model/connectivity.ts'
import type { ProfileId } from '../model/scenario.ts'
import {
  ALL_TRAFFIC,
  formatTraffic,
  intersectTraffic,
  sameTraffic,
  type TrafficSet,
} from '../model/traffic.ts'
import { csvRecord, textTable } from './textTable.ts'

/** A table of flows, and what to show of it. */
export interface FlowView {
  readonly engine: FlowEngine | 'both'
  readonly profile: ProfileId
  readonly asked: TrafficSet
  readonly rows: Iterable<FlowRow>
}

/** The forms of the table, each as pieces of text. */
export const FLOW_FORMATS: Readonly<Record<string, (view: FlowView) => Iterable<string>>> = {
  table: tableOf,
  json: jsonOf,
  csv: csvOf,
  dot: dotOf,
  mermaid: mermaidOf,
}

/** `allowed`, `blocked`, `partly`, or `differs` where both answers were asked for and disagree. */
function verdictWord({ engine, asked }: FlowView, row: FlowRow): string {
  if (engine === 'both' && row.differs) return 'differs'
  return verdictOf(engine === 'dataplane' ? row.dataplane : row.kubernetes, asked)
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
      'VERDICT',
      ...engines.map(engine => (engines.length > 1 ? NAMES[engine] : 'ALLOWED')),
      'EGRESS OF SOURCE',
      'INGRESS OF DESTINATION',
      ...(showsDeviations ? ['DEVIATIONS'] : []),
    ],
    ...rows.map(row => [
      name(row.src),
      name(row.dst),
      verdictWord(view, row),
      ...engines.map(engine => allowedWord(row[engine])),
      endWords(row.egress, view.asked),
      endWords(row.ingress, view.asked),
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
  yield `${csvRecord(['source', 'sources', 'destination', 'destinations', 'verdict', ...engines, 'egress', 'ingress', 'deviations'])}\r\n`
  for (const row of view.rows)
    yield `${csvRecord([
      name(row.src),
      row.src.length,
      name(row.dst),
      row.dst.length,
      verdictWord(view, row),
      ...engines.map(engine => allowedWord(row[engine])),
      endWords(row.egress, view.asked),
      endWords(row.ingress, view.asked),
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
  const { engine, profile, asked } = view
  const port = sameTraffic(asked, ALL_TRAFFIC) ? null : formatTraffic(asked)
  yield `{"profile":${JSON.stringify(profile)},"engine":${JSON.stringify(engine)},"port":${JSON.stringify(port)},"flows":[`
  let first = true
  for (const row of view.rows) {
    const flow = {
      src: groupOf(row.src),
      dst: groupOf(row.dst),
      verdict: verdictWord(view, row),
      ...Object.fromEntries(engines.map(one => [one, allowedWord(row[one])])),
      ...(engines.length > 1 ? { differs: row.differs, deviations: row.deviations } : {}),
      egress: endObject(row.egress, asked),
      ingress: endObject(row.ingress, asked),
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

/** A picture of the flows: nodes by number, edges with what they are. */
interface Drawing {
  readonly nodes: readonly string[]
  readonly edges: readonly {
    readonly src: number
    readonly dst: number
    readonly verdict: string
    readonly label: string
  }[]
  /** Pairs that no policy speaks about, which would fill the picture. */
  readonly leftOut: number
}

function drawingOf(view: FlowView): Drawing {
  const nodes: string[] = []
  const numbers = new Map<string, number>()
  const numberOf = memoized((endpoints: readonly Endpoint[]): number => {
    const key = endpoints.map(({ id }) => id).join()
    const number = numbers.get(key) ?? nodes.length
    if (number === nodes.length) {
      numbers.set(key, number)
      nodes.push(endpoints.length === 1 ? endpoints.map(endpointName).join('') : foldedName(endpoints))
    }
    return number
  })
  const edges: { src: number; dst: number; verdict: string; label: string }[] = []
  let leftOut = 0
  for (const row of view.rows) {
    if (!row.governed && !row.differs) {
      leftOut++
      continue
    }
    const verdict = verdictWord(view, row)
    const label =
      verdict === 'differs'
        ? `Kubernetes ${allowedWord(row.kubernetes)}, azure-npm ${allowedWord(row.dataplane)} (${deviationWords(row)})`
        : verdict === 'blocked'
          ? 'blocked'
          : allowedWord(view.engine === 'dataplane' ? row.dataplane : row.kubernetes)
    edges.push({ src: numberOf(row.src), dst: numberOf(row.dst), verdict, label })
  }
  return { nodes, edges, leftOut }
}

const LEFT_OUT = (count: number) => `left out: ${count} pairs that no policy speaks about, which are open`

const DOT_STYLES: Readonly<Record<string, string>> = {
  allowed: 'color="#2a7d2a"',
  partly: 'color="#2a7d2a", style="dashed"',
  blocked: 'color="#b3261e", style="dotted", arrowhead="tee"',
  differs: 'color="#8a3ffc", style="bold"',
}

function* dotOf(view: FlowView): Generator<string> {
  const { nodes, edges, leftOut } = drawingOf(view)
  const quoted = (text: string) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
  yield 'digraph flows {\n  rankdir=LR\n  node [shape=box, fontname="sans-serif"]\n  edge [fontname="sans-serif", fontsize=10]\n'
  if (leftOut > 0) yield `  // ${LEFT_OUT(leftOut)}\n`
  for (const [i, name] of nodes.entries()) yield `  n${i} [label=${quoted(name)}]\n`
  for (const { src, dst, verdict, label } of edges)
    yield `  n${src} -> n${dst} [label=${quoted(label)}, ${DOT_STYLES[verdict] ?? ''}]\n`
  yield '}\n'
}

const MERMAID_ARROWS: Readonly<Record<string, string>> = {
  allowed: '-->',
  partly: '-->',
  blocked: '-.-x',
  differs: '==>',
}

function* mermaidOf(view: FlowView): Generator<string> {
  const { nodes, edges, leftOut } = drawingOf(view)
  const quoted = (text: string) =>
    `"${text.replaceAll('#', '#35;').replaceAll('"', '#quot;').replaceAll('<', '#lt;').replaceAll('>', '#gt;')}"`
  yield 'flowchart LR\n'
  if (leftOut > 0) yield `  %% ${LEFT_OUT(leftOut)}\n`
  for (const [i, name] of nodes.entries()) yield `  n${i}[${quoted(name)}]\n`
  for (const { src, dst, verdict, label } of edges)
    yield `  n${src} ${MERMAID_ARROWS[verdict] ?? '-->'}|${quoted(label)}| n${dst}\n`
}
