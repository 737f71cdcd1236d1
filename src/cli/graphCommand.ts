import { analyze, type Analyzed } from '../analysis/analyze.ts'
import { parseEndpointQuery, selectEndpoints } from '../analysis/endpoints/endpointQuery.ts'
import { flowReasons } from '../analysis/flows/flowReasons.ts'
import { formatCounts } from '../graph/build.ts'
import { graphDot } from '../graph/dot.ts'
import { drawPicture } from '../graph/drawPicture.ts'
import { NO_FLOW_FILTER, trafficOf } from '../graph/flowFilter.ts'
import { graphBaseOf } from '../graph/graphBase.ts'
import { graphJson } from '../graph/graphJson.ts'
import { DEFAULT_GRAPH_VIEW, FLOW_VERDICTS } from '../graph/graphModel.ts'
import { graphMermaid } from '../graph/mermaid.ts'
import { graphSvg } from '../graph/svg.ts'
import { SVG_THEMES } from '../graph/svgStyle.ts'
import { required } from '../model/assert.ts'
import type { FlowFilter, GraphSubject, GraphView } from '../model/graphView.ts'
import { policyKey } from '../model/networkPolicy.ts'
import type { Picture } from '../model/picture.ts'
import { failed, ok, type Result } from '../model/result.ts'
import {
  profileOf,
  PROFILES,
  tellErrors,
  textOption,
  usageError,
  type Call,
  type Command,
  type Options,
} from './command.ts'
import { readSide } from './inputFiles.ts'
import type { CliIo } from './io.ts'

const OUTPUTS: readonly string[] = ['svg', 'mermaid', 'dot', 'json']
const UNRESTRICTED = ['auto', 'show', 'hide'] as const

export const GRAPH: Command = {
  usage: `graph [--profile ${PROFILES.join('|')}] [-o|--output ${OUTPUTS.join('|')}] [--theme ${SVG_THEMES.join('|')}] [--title TEXT] [--no-legend] [--focus NS/POD|NS|CIDR|outside] [--policy NS/NAME] [--namespace NS,…] [--label KEY=VALUE,…] [--filter WORDS] [--port 80/TCP] [--verdict ${FLOW_VERDICTS.join(',')}] [--deviating] [--base BASE [--changed]] [--hide-system] [--hide-namespace NS,…] [--unrestricted ${UNRESTRICTED.join('|')}] FILE…`,
  summary:
    'draw who may talk to whom, as the page does: all, or one end (--focus) or one policy and its flows, beside what BASE, a file, folder or git:REVISION:PATH, gives (--changed: only what differs); an SVG that follows the light or dark of its reader, or Mermaid for Markdown',
  options: {
    profile: PROFILES,
    output: OUTPUTS,
    theme: SVG_THEMES,
    title: undefined,
    focus: undefined,
    policy: undefined,
    namespace: undefined,
    'hide-namespace': undefined,
    label: undefined,
    filter: undefined,
    port: undefined,
    verdict: undefined,
    unrestricted: UNRESTRICTED,
    base: undefined,
  },
  flags: ['no-legend', 'deviating', 'changed', 'hide-system'],
  operands: 0,
  files: 'needed',
  run: graph,
}

async function graph({ files, options }: Call, io: CliIo): Promise<number> {
  const basePath = textOption(options, 'base')
  if (basePath === undefined && options['changed'] === true)
    return await usageError('--changed: since when? --base says it', io)
  if (basePath === '-' && files.some(({ name }) => name === 'stdin'))
    return await usageError('standard input cannot be both sides', io)
  const baseFiles = basePath === undefined ? ok(undefined) : await readSide(basePath, io)
  if (!baseFiles.ok) return await usageError(`--base: ${baseFiles.error}`, io)
  const profile = profileOf(options)
  const analyzed = analyze({ name: '', files, profile })
  const base = baseFiles.value && analyze({ name: '', files: baseFiles.value, profile })
  const baseCode = await tellErrors(base?.analysis.diagnostics ?? [], baseFiles.value ?? [], io)
  const code = await tellErrors(analyzed.analysis.diagnostics, files, io)
  const view = viewOf(analyzed, options)
  if (!view.ok) return await usageError(view.error, io)
  const { connectivity, analysis } = analyzed
  const at = (index: number) => required(connectivity.endpoints[index], 'endpoint')
  const picture = drawPicture(
    {
      connectivity,
      policies: analysis.policies,
      namespaces: analysis.namespaces,
      explain: (source, target) => flowReasons(analyzed, at(source), at(target)),
      ...(base && { base: graphBaseOf(connectivity.endpoints, base.connectivity) }),
    },
    view.value,
  )
  await io.stdout(written(picture, options))
  return Math.max(baseCode, code)
}

function written({ model, layout, routes }: Picture, options: Options): string {
  switch (options['output']) {
    case 'mermaid':
      return graphMermaid(model)
    case 'dot':
      return graphDot(model)
    case 'json':
      return graphJson(model, layout, routes)
    default:
      return graphSvg(model, layout, routes, {
        theme: SVG_THEMES.find(theme => theme === options['theme']) ?? 'auto',
        title: textOption(options, 'title') ?? 'Who can talk to whom',
        summary: formatCounts(model.counts),
        legend: options['no-legend'] !== true,
      })
  }
}

/** The error is a line for the user. */
function viewOf(analyzed: Analyzed, options: Options): Result<GraphView, string> {
  const filter = filterOf(analyzed, options)
  if (!filter.ok) return filter
  const subject = subjectOf(analyzed, textOption(options, 'focus'), textOption(options, 'policy'))
  if (!subject.ok) return subject
  return ok({
    ...DEFAULT_GRAPH_VIEW,
    mode: subject.value === undefined ? 'overview' : subject.value.kind === 'policy' ? 'policy' : 'focus',
    subject: subject.value,
    filter: filter.value,
    unrestricted: UNRESTRICTED.find(word => word === options['unrestricted']) ?? 'auto',
  })
}

function filterOf({ connectivity }: Analyzed, options: Options): Result<FlowFilter, string> {
  const words = (name: string): readonly string[] =>
    (textOption(options, name) ?? '')
      .split(',')
      .map(word => word.trim())
      .filter(Boolean)
  const known = new Set(
    connectivity.endpoints.flatMap(endpoint => (endpoint.kind === 'pod' ? [endpoint.namespace] : [])),
  )
  for (const option of ['namespace', 'hide-namespace']) {
    const missing = words(option).find(name => !known.has(name))
    if (missing !== undefined) return failed(`--${option}: no pod in the input is in ${missing}`)
  }
  const traffic = textOption(options, 'port') ?? ''
  if (traffic !== '' && trafficOf(traffic) === undefined)
    return failed(`--port: ${traffic} is no traffic, such as 80/TCP, 8000-8080/TCP or UDP`)
  const asked = words('verdict')
  const strange = asked.find(word => !FLOW_VERDICTS.some(verdict => verdict === word))
  if (strange !== undefined) return failed(`--verdict must be of ${FLOW_VERDICTS.join(', ')}`)
  return ok({
    ...NO_FLOW_FILTER,
    text: textOption(options, 'filter') ?? '',
    namespaces: words('namespace'),
    labels: words('label'),
    traffic,
    verdicts: FLOW_VERDICTS.filter(verdict => asked.includes(verdict)),
    deviating: options['deviating'] === true,
    changed: options['changed'] === true,
    hideSystem: options['hide-system'] === true,
    hideNamespaces: words('hide-namespace'),
  })
}

/** What the picture is about; undefined for everything. */
function subjectOf(
  { analysis, connectivity: { endpoints } }: Analyzed,
  focus: string | undefined,
  policy: string | undefined,
): Result<GraphSubject | undefined, string> {
  if (focus !== undefined && policy !== undefined) return failed('--focus and --policy exclude each other')
  if (policy !== undefined)
    return analysis.policies.some(one => policyKey(one) === policy)
      ? ok({ kind: 'policy', name: policy })
      : failed(`--policy: no policy in the input is ${policy}`)
  if (focus === undefined) return ok(undefined)
  const query = parseEndpointQuery(focus)
  if (query === undefined)
    return failed(`--focus: ${focus} is none of NAMESPACE/POD, NAMESPACE, a CIDR, outside`)
  const named = [...selectEndpoints(endpoints, query)].map(index => endpoints[index])
  const first = named[0]
  if (query.kind === 'namespace' && first !== undefined)
    return ok({ kind: 'namespace', name: query.namespace })
  if (query.kind === 'outside' && first !== undefined) return ok({ kind: 'outside', name: '' })
  if (query.kind === 'pod' && first?.kind === 'pod') {
    const pod = named.find(one => one?.id === `pod:${query.namespace}/${query.name}`)
    if (pod === undefined && first.workload !== undefined)
      return ok({ kind: 'workload', name: first.workload })
    return ok({ kind: 'pod', name: `${query.namespace}/${query.name}` })
  }
  // A picture is about a block that policies name, not about part of one.
  const block = endpoints.find(
    one => one.kind === 'cidr' && one.cidr.replace(/\/32$/, '') === focus.replace(/\/32$/, ''),
  )
  if (query.kind === 'cidr' && block?.kind === 'cidr') return ok({ kind: 'cidr', name: block.cidr })
  return failed(`--focus: nothing in the input is ${focus}`)
}
