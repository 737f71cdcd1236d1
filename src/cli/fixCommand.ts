import { analyze, createAnalysisCache } from '../analysis/analyze.ts'
import { asKubernetes } from '../analysis/assess.ts'
import { foldedName } from '../analysis/endpoints/endpointNames.ts'
import { parseEndpointQuery, selectEndpoints } from '../analysis/endpoints/endpointQuery.ts'
import { suggestChanges, type SuggestedChanges } from '../analysis/suggest/suggestChanges.ts'
import type { Endpoint } from '../model/connectivity.ts'
import { formatIpv4, formatIpv4Prefix } from '../model/ip.ts'
import { failed, ok, type Result } from '../model/result.ts'
import type { ScenarioFile } from '../model/scenario.ts'
import type { SideEffect, Suggestion, SuggestionQuestion } from '../model/suggestion.ts'
import { formatTraffic } from '../model/traffic.ts'
import {
  INPUT_ERROR,
  profileOf,
  PROFILES,
  tellErrors,
  textOption,
  usageError,
  type Call,
  type Command,
} from './command.ts'
import { askedTraffic } from './flowsCommand.ts'
import type { CliIo } from './io.ts'
import { unifiedDiff } from './unifiedDiff.ts'

export const FIX: Command = {
  usage: `fix [--profile ${PROFILES.join('|')}] --from NS/POD|CIDR|outside --to … [--port 80/TCP|NAME] --want allowed|blocked [--first] [--output diff|json] FILE…`,
  summary:
    'print the smallest edits of the policies that allow or block a flow, as patches, and what else each opens or closes (--first: only the smallest)',
  options: {
    profile: PROFILES,
    from: undefined,
    to: undefined,
    port: undefined,
    want: ['allowed', 'blocked'],
    output: ['diff', 'json'],
  },
  flags: ['first'],
  operands: 0,
  files: 'needed',
  run: fix,
}

async function fix({ files, options }: Call, io: CliIo): Promise<number> {
  const want = options['want']
  if (want !== 'allowed' && want !== 'blocked')
    return await usageError('--want allowed or --want blocked?', io)
  const scenario = { name: '', files, profile: profileOf(options) }
  const cache = createAnalysisCache()
  const analyzed = analyze(scenario, cache)
  const code = await tellErrors(analyzed.analysis.diagnostics, files, io)
  const ids: string[] = []
  for (const option of ['from', 'to']) {
    const text = textOption(options, option)
    if (text === undefined) return await usageError(`--${option} is missing`, io)
    const end = endCalled(text, analyzed.connectivity.endpoints)
    if (!end.ok) return await usageError(`--${option}: ${end.error}`, io)
    ids.push(end.value)
  }
  const [src = '', dst = ''] = ids
  const receiver = analyzed.connectivity.endpoints.find(({ id }) => id === dst)
  const traffic = askedTraffic(textOption(options, 'port'), receiver && asKubernetes(receiver, analyzed.pods))
  if (!traffic.ok) return await usageError(`--port: ${traffic.error}`, io)
  const question: SuggestionQuestion = { src, dst, traffic: traffic.value, want }
  const answer = suggestChanges(analyzed, scenario, question, cache)
  const shown: SuggestedChanges =
    options['first'] === true ? { ...answer, suggestions: answer.suggestions.slice(0, 1) } : answer
  const names = nameFinder(analyzed.connectivity.endpoints)
  await io.stdout(
    options['output'] === 'json'
      ? `${JSON.stringify(answerObject(question, shown, files, names), null, 2)}\n`
      : answerText(shown, files, names),
  )
  return answer.suggestions.length > 0 || answer.already ? code : INPUT_ERROR
}

/** The id of one endpoint: of a workload the first pod. The error is a sentence for the user. */
function endCalled(text: string, endpoints: readonly Endpoint[]): Result<string, string> {
  const query = parseEndpointQuery(text)
  if (query === undefined) return failed(`${text} is none of NAMESPACE/POD, a CIDR, an address, outside`)
  if (query.kind === 'cidr') {
    const cidr = `${formatIpv4(query.prefix.address)}/${query.prefix.length}`
    const pod = endpoints.find(
      ({ kind, address }) => kind === 'pod' && formatIpv4Prefix(query.prefix) === formatIpv4(address),
    )
    return ok(pod?.id ?? `cidr:${cidr}`)
  }
  if (query.kind === 'namespace')
    return failed(`${text} is a whole namespace; name one pod or workload of it`)
  const [first] = selectEndpoints(endpoints, query)
  const found = first === undefined ? undefined : endpoints[first]
  return found === undefined ? failed(`nothing in the input is ${text}`) : ok(found.id)
}

type Names = (id: string) => string

/** Blocks that only an edit names have no endpoint; their id tells them. */
function nameFinder(endpoints: readonly Endpoint[]): Names {
  const byId = new Map(endpoints.map(endpoint => [endpoint.id, endpoint]))
  return id => {
    const endpoint = byId.get(id)
    return endpoint === undefined ? id.replace(/^cidr:/, '') : foldedName([endpoint])
  }
}

function diffOf({ edits }: Suggestion, files: readonly ScenarioFile[]): string {
  return files
    .map(({ name, text }) => {
      const own = edits.filter(({ file }) => file === name)
      return own.length === 0 ? '' : unifiedDiff(name, text, own)
    })
    .join('')
}

/** Lines that begin with a number sign stand between the patches; `patch` passes over them. */
function answerText(
  { suggestions, reason }: SuggestedChanges,
  files: readonly ScenarioFile[],
  names: Names,
): string {
  if (suggestions.length === 0) return `# ${reason}\n`
  return suggestions
    .map((suggestion, i) =>
      [
        `# ${i + 1} of ${suggestions.length}: ${suggestion.title}\n`,
        ...suggestion.effects.map(effect => `# ${effectWords(effect, names)}\n`),
        suggestion.exact ? '# Nothing else changes.\n' : '',
        diffOf(suggestion, files),
      ].join(''),
    )
    .join('\n')
}

function effectWords(effect: SideEffect, names: Names): string {
  const { src, dst, sources, destinations, opened, closed, asked } = effect
  const many = (id: string, count: number): string =>
    count === 1 ? names(id) : `${names(id)} and ${count - 1} like it`
  const changes = [
    ...(opened.length > 0 ? [`opens ${formatTraffic(opened)}`] : []),
    ...(closed.length > 0 ? [`closes ${formatTraffic(closed)}`] : []),
  ]
  return `${asked ? '' : 'also '}${changes.join(', ')}: ${many(src, sources)} → ${many(dst, destinations)}`
}

function answerObject(
  { src, dst, traffic, want }: SuggestionQuestion,
  { suggestions, reason }: SuggestedChanges,
  files: readonly ScenarioFile[],
  names: Names,
): unknown {
  return {
    from: names(src),
    to: names(dst),
    traffic: formatTraffic(traffic),
    want,
    reason,
    suggestions: suggestions.map(suggestion => ({
      title: suggestion.title,
      exact: suggestion.exact,
      effects: suggestion.effects.map(({ opened, closed, ...effect }) => ({
        ...effect,
        opened: opened.length === 0 ? null : formatTraffic(opened),
        closed: closed.length === 0 ? null : formatTraffic(closed),
      })),
      edits: suggestion.edits,
      diff: diffOf(suggestion, files),
    })),
  }
}
