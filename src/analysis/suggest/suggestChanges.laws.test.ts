import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { required } from '../../model/assert.ts'
import type { Cluster } from '../../model/cluster.ts'
import type { Scenario } from '../../model/scenario.ts'
import { PROFILE_IDS } from '../../model/scenario.ts'
import type { SuggestionQuestion } from '../../model/suggestion.ts'
import {
  ALL_TRAFFIC,
  intersectTraffic,
  portTraffic,
  protocolTraffic,
  sameTraffic,
  subtractTraffic,
  type TrafficSet,
} from '../../model/traffic.ts'
import { yamlComments } from '../../parse/yamlComments.ts'
import { smallWorld } from '../../testing/arbitraries.ts'
import { analyze, type Analyzed } from '../analyze.ts'
import { suggestChanges } from './suggestChanges.ts'
import { editedFiles } from './suggestFiles.ts'
import { speakable, withoutPortZero } from './suggestPorts.ts'

/** Objects as manifests. */
function objectsOf({ namespaces, pods, policies }: Cluster): readonly object[] {
  return [
    ...namespaces.map(({ name, labels }) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels },
    })),
    ...policies.map(({ namespace, name, spec }) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name, namespace },
      spec,
    })),
    ...pods.map(({ namespace, name, labels, ip, hostNetwork, phase, containerPorts }) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, labels },
      spec: {
        ...(hostNetwork && { hostNetwork }),
        containers: [
          {
            name: 'c',
            image: 'i',
            // The API wants names once.
            ports: containerPorts
              .filter(
                ({ name: port }, i) =>
                  port === '' || containerPorts.findIndex(one => one.name === port) === i,
              )
              .map(({ name: port, protocol, containerPort }) => ({
                ...(port !== '' && { name: port }),
                protocol,
                containerPort,
              })),
          },
        ],
      },
      status: { phase, podIP: ip },
    })),
  ]
}

interface Writing {
  readonly form: 'block' | 'flow' | 'json' | 'list' | 'jsonList'
  readonly indent: number
  readonly indentSeq: boolean
  readonly crlf: boolean
  readonly commentEvery: number
}

const writing: fc.Arbitrary<Writing> = fc.record({
  form: fc.constantFrom('block', 'block', 'flow', 'json', 'list', 'jsonList'),
  indent: fc.constantFrom(2, 4),
  indentSeq: fc.boolean(),
  crlf: fc.boolean(),
  commentEvery: fc.constantFrom(1, 2, 3, 1000),
})

function textOf(
  objects: readonly object[],
  { form, indent, indentSeq, crlf, commentEvery }: Writing,
): string {
  if (form === 'json') return objects.map(object => JSON.stringify(object, null, indent)).join('\n')
  const list = { apiVersion: 'v1', kind: 'List', items: objects }
  if (form === 'jsonList') return JSON.stringify(list, null, indent)
  const options = { indent, indentSeq, collectionStyle: form === 'flow' ? 'flow' : 'block' } as const
  const text = (form === 'list' ? [list] : objects).map(object => stringify(object, options)).join('---\n')
  const commented = text
    .split('\n')
    .map((line, i) => (i % commentEvery === 0 && line !== '' && line !== '---' ? `${line} # c${i}` : line))
    .join('\n')
  return crlf ? commented.replaceAll('\n', '\r\n') : commented
}

const traffic: fc.Arbitrary<TrafficSet> = fc.constantFrom(
  portTraffic('TCP', 80, 80),
  portTraffic('TCP', 80, 80),
  portTraffic('UDP', 53, 53),
  portTraffic('TCP', 81, 443),
  protocolTraffic('SCTP'),
  ALL_TRAFFIC,
)

/** A block that no policy of a small world names. */
const UNNAMED = 'cidr:203.0.113.7/32'

interface Asked {
  readonly scenario: Scenario
  readonly analyzed: Analyzed
  readonly question: SuggestionQuestion
}

const asked: fc.Arbitrary<Asked> = fc
  .record({
    world: smallWorld(),
    how: writing,
    traffic,
    want: fc.constantFrom('allowed' as const, 'blocked' as const),
    ends: fc.tuple(fc.nat(), fc.nat()),
    profile: fc.constantFrom(...PROFILE_IDS),
  })
  .map(({ world, how, traffic: wanted, want, ends: [from, to], profile }) => {
    const scenario = { name: '', profile, files: [{ name: 'a.yaml', text: textOf(objectsOf(world), how) }] }
    const analyzed = analyze(scenario)
    const { endpoints } = analyzed.connectivity
    const idAt = (index: number): string => endpoints[index % (endpoints.length + 1)]?.id ?? UNNAMED
    return { scenario, analyzed, question: { src: idAt(from), dst: idAt(to), traffic: wanted, want } }
  })

type Engine = 'kubernetes' | 'dataplane'

function trafficOf(
  { connectivity }: Analyzed,
  engine: Engine,
  src: string,
  dst: string,
): TrafficSet | undefined {
  const find = (id: string): number => connectivity.endpoints.findIndex(endpoint => endpoint.id === id)
  const [s, d] = [find(src), find(dst)]
  if (s < 0 || d < 0) return undefined
  const pair = connectivity.pair(
    required(connectivity.classOf[s], 's'),
    required(connectivity.classOf[d], 'd'),
  )
  return connectivity.traffic[pair[engine]]
}

function commentsIn(text: string): readonly string[] {
  return yamlComments(text)
    .map(({ start, end }) => text.slice(start, end))
    .sort()
}

/** The rest of the world when 0.0.0.0/0 has got a name of its own. */
function afterId(id: string, after: Analyzed): string {
  const known = after.connectivity.endpoints.some(endpoint => endpoint.id === id)
  return id === 'outside' && !known ? 'cidr:0.0.0.0/0' : id
}

const RUNS = 120

const counts = { suggestions: 0, questions: 0, lost: 0 }

test('every suggestion does what it says, and nothing else', { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(asked, ({ scenario, analyzed, question }) => {
      const { suggestions, reason } = suggestChanges(analyzed, scenario, question)
      expect(reason === '').toBe(suggestions.length > 0)
      counts.questions++
      for (const { edits, effects, exact } of suggestions) {
        counts.suggestions++
        const files = editedFiles(scenario.files, edits)
        const after = analyze({ ...scenario, files })
        expect(after.analysis.diagnostics.filter(({ severity }) => severity === 'error')).toEqual(
          expect.objectContaining({
            length: analyzed.analysis.diagnostics.filter(({ severity }) => severity === 'error').length,
          }),
        )
        scenario.files.forEach(({ text }, i) => {
          if (!text.startsWith('{')) expect(commentsIn(files[i]?.text ?? '')).toEqual(commentsIn(text))
        })
        const wanted = speakable(question.traffic)
        for (const engine of ['kubernetes', 'dataplane'] as const) {
          const is = trafficOf(after, engine, afterId(question.src, after), afterId(question.dst, after))
          if (is === undefined) {
            counts.lost++
            continue
          }
          if (question.want === 'blocked') expect(intersectTraffic(is, wanted)).toEqual([])
          else expect(subtractTraffic(wanted, is)).toEqual([])
        }
        checkEffects(analyzed, after, effects)
        if (exact)
          for (const effect of effects) {
            expect(effect.asked).toBe(true)
            const [meant, other] =
              question.want === 'allowed' ? [effect.opened, effect.closed] : [effect.closed, effect.opened]
            expect(other).toEqual([])
            expect(subtractTraffic(meant, question.traffic)).toEqual([])
          }
      }
    }),
    { numRuns: RUNS },
  )
  expect(counts.suggestions).toBeGreaterThan(20)
  expect(counts.lost).toBeLessThan(counts.suggestions)
})

/** Pairs of endpoints that both analyses have, assumed pods aside: these may come and go with a selector. */
function checkEffects(
  before: Analyzed,
  after: Analyzed,
  effects: ReturnType<typeof suggestChanges>['suggestions'][number]['effects'],
): void {
  const ids = before.connectivity.endpoints
    .filter(endpoint => !(endpoint.kind === 'pod' && endpoint.assumed))
    .map(({ id }) => id)
  const told = effects.map(({ opened, closed }) => [opened, closed])
  for (const src of ids)
    for (const dst of ids) {
      if (src === dst) continue
      const was = trafficOf(before, 'dataplane', src, dst)
      const is = trafficOf(after, 'dataplane', afterId(src, after), afterId(dst, after))
      if (was === undefined || is === undefined) continue
      const opened = withoutPortZero(subtractTraffic(is, was))
      const closed = withoutPortZero(subtractTraffic(was, is))
      const effect = effects.find(one => one.src === src && one.dst === dst)
      if (effect !== undefined) expect([effect.opened, effect.closed]).toEqual([opened, closed])
      else if (opened.length + closed.length > 0) expect(told).toContainEqual([opened, closed])
    }
  for (const { src, dst, opened, closed } of effects) {
    expect(opened.length + closed.length).toBeGreaterThan(0)
    expect(sameTraffic(opened, closed)).toBe(false)
    expect(src).not.toBe(dst)
  }
}
