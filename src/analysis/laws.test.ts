import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createAgent, handleEvent, type AgentEvent } from '../engine/azure-npm/agent.ts'
import { rulesetOf } from '../engine/azure-npm/agentRuleset.ts'
import { compile } from '../engine/azure-npm/compile.ts'
import { reconcile } from '../engine/azure-npm/reconcile.ts'
import { sameSpec } from '../engine/azure-npm/sameSpec.ts'
import { allowedTraffic, isIsolated } from '../engine/kubernetes/evaluate.ts'
import type { KubernetesEndpoint } from '../engine/kubernetes/endpoint.ts'
import { prepareKubernetes } from '../engine/kubernetes/select.ts'
import { forwardTraffic, prepareReach } from '../engine/netfilter/reach.ts'
import { readIpset } from '../engine/netfilter/readIpset.ts'
import { readIptables } from '../engine/netfilter/readIptables.ts'
import { required } from '../model/assert.ts'
import type { Cluster, Namespace, Pod } from '../model/cluster.ts'
import { isCompletedPod } from '../model/cluster.ts'
import type { Ipv4 } from '../model/ip.ts'
import { parseIpv4 } from '../model/ip.ts'
import type { EgressRule, IngressRule, NetworkPolicy } from '../model/networkPolicy.ts'
import type { PolicyFailure, PrintForm } from '../model/protocol.ts'
import type { Ruleset } from '../model/ruleset.ts'
import type { ProfileId } from '../model/scenario.ts'
import { PROFILE_IDS } from '../model/scenario.ts'
import { NO_TRAFFIC, subtractTraffic } from '../model/traffic.ts'
import { networkPolicy, OUTSIDE_ADDRESSES, smallWorld } from '../testing/arbitraries.ts'
import { print, textOf } from './print.ts'

function shuffledWorld(): fc.Arbitrary<readonly [Cluster, Cluster]> {
  const shuffled = <T>(items: readonly T[]): fc.Arbitrary<readonly T[]> =>
    fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length })
  return smallWorld().chain(world =>
    fc
      .record({
        namespaces: shuffled(world.namespaces),
        pods: shuffled(world.pods),
        policies: shuffled(world.policies),
      })
      .map(other => [world, other] as const),
  )
}

const FORMS: readonly PrintForm[] = [
  'iptables-restore',
  'iptables-save',
  'iptables-list',
  'ipset-restore',
  'ipset-save',
  'ipset-list',
]

function textsOf(ruleset: Ruleset): readonly string[] {
  return FORMS.map(form => textOf(print(ruleset, form)))
}

/** Every address that a pod of these worlds may have or have had, and some outside. */
const ADDRESSES: readonly Ipv4[] = [
  ...[1, 2, 3, 4, 5, 11, 12, 13, 14, 15].map(last => required(parseIpv4(`10.1.0.${last}`), 'address')),
  ...OUTSIDE_ADDRESSES,
]

/** What the rules let through between every two of the addresses, as text. */
function verdictsOf(ruleset: Ruleset): readonly string[] {
  const reach = prepareReach(ruleset)
  return ADDRESSES.flatMap(src =>
    ADDRESSES.map(dst => `${src} → ${dst}: ${forwardTraffic(reach, src, dst).accepted.join()}`),
  )
}

describe('compiling', () => {
  test.each(PROFILE_IDS)('%s: the order of the objects does not matter, to the byte', profile => {
    fc.assert(
      fc.property(shuffledWorld(), ([world, other]) => {
        expect(textsOf(compile(other, profile).ruleset)).toEqual(textsOf(compile(world, profile).ruleset))
      }),
    )
  })

  test.each(PROFILE_IDS)('%s: the same objects give the same rules, and stay as they are', profile => {
    fc.assert(
      fc.property(smallWorld(), world => {
        const copy = structuredClone(world)
        expect(compile(copy, profile)).toEqual(compile(world, profile))
        expect(copy).toEqual(world)
      }),
    )
  })

  test.each(PROFILE_IDS)('%s: the order in which policies came does not matter to packets', profile => {
    fc.assert(
      fc.property(shuffledWorld(), ([world, other]) => {
        const inOrder = ({ policies }: Cluster): readonly string[] => {
          const agent = createAgent(profile, { tools: 'kernel' })
          const events: readonly AgentEvent[] = [
            ...world.namespaces.map(object => applied('Namespace', object)),
            ...world.pods.map(object => applied('Pod', object)),
            ...policies.map(object => applied('NetworkPolicy', object)),
          ]
          for (const event of events) handleEvent(agent, event)
          return verdictsOf(rulesetOf(agent))
        }
        expect(inOrder(other)).toEqual(inOrder(world))
      }),
    )
  })

  test.each(PROFILE_IDS)('%s: printing, reading and printing again gives the same text', profile => {
    fc.assert(
      fc.property(smallWorld(), world => {
        const { ruleset } = compile(world, profile)
        const again = readAgain(ruleset)
        expect(textsAsKernel(again)).toEqual(textsAsKernel(ruleset))
        expect(verdictsOf(again)).toEqual(verdictsOf(ruleset))
      }),
    )
  })
})

function textsAsKernel(ruleset: Ruleset): readonly string[] {
  return [textOf(print(ruleset, 'iptables-save')), textOf(print(ruleset, 'ipset-save'))]
}

function readAgain(ruleset: Ruleset): Ruleset {
  const [rules = '', sets = ''] = textsAsKernel(ruleset)
  const readRules = readIptables(rules)
  const readSets = readIpset(sets)
  expect([readRules.problems, readSets.problems]).toEqual([[], []])
  return { tables: readRules.tables, sets: readSets.sets }
}

describe('Kubernetes', () => {
  const worldAndPolicy = fc
    .record({ world: smallWorld(), more: networkPolicy('more') })
    .map(({ world, more }): { world: Cluster; more: NetworkPolicy } => {
      const { podSelector = {}, ingress } = more.spec
      const spec = { podSelector, policyTypes: ['Ingress'], ...(ingress && { ingress }) }
      return { world, more: { ...more, spec } }
    })

  test('one more ingress policy takes no traffic from a pod that is isolated already', () => {
    let isolatedPods = 0
    fc.assert(
      fc.property(worldAndPolicy, ({ world, more }) => {
        const before = prepareKubernetes(world)
        const after = prepareKubernetes({ ...world, policies: [...world.policies, more] })
        for (const pod of world.pods) {
          if (!isIsolated(before, pod, 'ingress')) continue
          isolatedPods++
          const dst = { kind: 'pod', pod } as const
          for (const src of endsOf(world)) {
            const lost = subtractTraffic(allowedTraffic(before, src, dst), allowedTraffic(after, src, dst))
            expect(lost).toEqual(NO_TRAFFIC)
          }
        }
      }),
      { numRuns: 300, seed: 1 },
    )
    expect(isolatedPods).toBeGreaterThan(100)
  })

  test('it takes nothing from a pod that it does not select', () => {
    fc.assert(
      fc.property(worldAndPolicy, ({ world, more }) => {
        const before = prepareKubernetes(world)
        const alone = prepareKubernetes({ ...world, policies: [more] })
        const after = prepareKubernetes({ ...world, policies: [...world.policies, more] })
        for (const pod of world.pods) {
          if (isIsolated(alone, pod, 'ingress')) continue
          const dst = { kind: 'pod', pod } as const
          for (const src of endsOf(world))
            expect(allowedTraffic(after, src, dst)).toEqual(allowedTraffic(before, src, dst))
        }
      }),
    )
  })
})

function endsOf(world: Cluster): readonly KubernetesEndpoint[] {
  return [
    ...world.pods.map(pod => ({ kind: 'pod', pod }) as const),
    ...OUTSIDE_ADDRESSES.map(address => ({ kind: 'address', address }) as const),
  ]
}

function applied<K extends AgentEvent['kind']>(
  kind: K,
  object: (AgentEvent & { readonly kind: K })['object'],
): AgentEvent {
  return { kind, action: 'apply', object } as AgentEvent
}

/** What happens to the cluster. Numbers choose among the objects of a world. */
type Change =
  | { readonly kind: 'namespace'; readonly object: Namespace }
  | { readonly kind: 'pod'; readonly object: Pod }
  | { readonly kind: 'deletePod'; readonly number: number }
  | { readonly kind: 'policy'; readonly object: NetworkPolicy }
  | { readonly kind: 'deletePolicy'; readonly number: number }
  | { readonly kind: 'reconcile' }

const POLICY_NAMES = ['p1', 'p2', 'p3']

function withoutBlocks(policy: NetworkPolicy): NetworkPolicy {
  const { ingress, egress, ...spec } = policy.spec
  const isIngress = (rule: IngressRule): boolean => rule.from?.some(({ ipBlock }) => ipBlock) !== true
  const isEgress = (rule: EgressRule): boolean => rule.to?.some(({ ipBlock }) => ipBlock) !== true
  return {
    ...policy,
    spec: {
      ...spec,
      ...(ingress && { ingress: ingress.filter(isIngress) }),
      ...(egress && { egress: egress.filter(isEgress) }),
    },
  }
}

/**
 * A version of a policy: class T by an IPv6 or malformed block, class V by ports in the wrong order, class N by no
 * policy types (§1.6). A version of class V names no blocks: what its sets hold stays behind when it fails, and the
 * next version would get it, too. For v1.4.45 no block has exceptions: taking one away stops all later changes (D33).
 */
function policyVersion(name: string, profile: ProfileId): fc.Arbitrary<NetworkPolicy> {
  const version = networkPolicy(name).map(policy => ({ ...policy, namespace: 'x' }))
  const refused = version.map(withoutBlocks).map((policy): NetworkPolicy => {
    const rule = { ports: [{ protocol: 'TCP', port: 443, endPort: 80 }] }
    const { ingress = [], egress = [] } = policy.spec
    return { ...policy, spec: { ...policy.spec, ingress: [...ingress, rule], egress: [...egress, rule] } }
  })
  const without = version.map(policy => ({ ...policy, spec: { ...policy.spec, policyTypes: [] } }))
  return fc
    .oneof(
      { weight: 6, arbitrary: version },
      { weight: 1, arbitrary: refused },
      { weight: 1, arbitrary: without },
    )
    .filter(policy => profile !== 'v1.4.45' || !JSON.stringify(policy).includes('"except"'))
}

/** A pod keeps its name and whether it is on the host's network; labels, ports, phase and address may change. */
function changes(profile: ProfileId): fc.Arbitrary<readonly Change[]> {
  const parts = smallWorld().filter(({ pods }) => pods.length === 5)
  const namespace = parts.chain(({ namespaces }) => fc.constantFrom(...namespaces))
  const pod = fc
    .record({
      world: parts,
      number: fc.integer({ min: 0, max: 4 }),
      moved: fc.boolean(),
      lost: fc.integer({ min: 0, max: 7 }),
    })
    .map(({ world, number, moved, lost }): Pod => {
      const chosen = required(world.pods[number], 'pod')
      const ip = `10.1.0.${number + 1 + (moved ? 10 : 0)}`
      const running = chosen.phase === 'Running' || chosen.phase === ''
      return {
        ...chosen,
        namespace: number < 3 ? 'x' : 'y',
        hostNetwork: number === 4,
        ...(running && lost === 0 ? { phase: 'Running', ip: '' } : { ip }),
      }
    })
  const number = fc.integer({ min: 0, max: 4 })
  const policy = fc.constantFrom(...POLICY_NAMES).chain(name => policyVersion(name, profile))
  return fc.array(
    fc.oneof(
      { weight: 2, arbitrary: namespace.map((object): Change => ({ kind: 'namespace', object })) },
      { weight: 6, arbitrary: pod.map((object): Change => ({ kind: 'pod', object })) },
      { weight: 1, arbitrary: number.map((chosen): Change => ({ kind: 'deletePod', number: chosen })) },
      { weight: 8, arbitrary: policy.map((object): Change => ({ kind: 'policy', object })) },
      { weight: 2, arbitrary: number.map((chosen): Change => ({ kind: 'deletePolicy', number: chosen })) },
      { weight: 1, arbitrary: fc.constant<Change>({ kind: 'reconcile' }) },
    ),
    { minLength: 4, maxLength: 25 },
  )
}

/** What §1.6 says of one policy: the version that the agent believes in, and the one that the rules enforce. */
interface PolicyState {
  readonly cached: NetworkPolicy
  readonly enforced: NetworkPolicy | undefined
}

/** Why the agent would not enforce this policy, were it the only one. */
function classOf(policy: NetworkPolicy, profile: ProfileId): PolicyFailure['class'] | undefined {
  return compile({ namespaces: [], pods: [], policies: [policy] }, profile).failures[0]?.class
}

function stateAfter(
  state: PolicyState | undefined,
  policy: NetworkPolicy,
  failure: PolicyFailure['class'] | undefined,
): PolicyState | undefined {
  switch (failure) {
    case 'T':
      return state
    case 'V':
      return state && { cached: state.cached, enforced: undefined }
    default:
      return { cached: policy, enforced: policy }
  }
}

interface Run {
  readonly incremental: Ruleset
  readonly fromNothing: Ruleset
  readonly seen: ReadonlySet<string>
}

/** Plays the changes to an agent, and notes what §1.6 says is in force at the end. */
function play(all: readonly Change[], profile: ProfileId): Run {
  const agent = createAgent(profile, { tools: 'kernel' })
  const namespaces = new Map<string, Namespace>()
  const pods = new Map<string, Pod>()
  const policies = new Map<string, PolicyState>()
  const seen = new Set<string>()
  for (const name of ['x', 'y', 'z']) {
    const object: Namespace = { name, labels: { 'kubernetes.io/metadata.name': name } }
    namespaces.set(name, object)
    handleEvent(agent, applied('Namespace', object))
  }
  for (const change of all)
    switch (change.kind) {
      case 'namespace':
        namespaces.set(change.object.name, change.object)
        handleEvent(agent, applied('Namespace', change.object))
        break
      case 'pod':
        pods.set(change.object.name, change.object)
        handleEvent(agent, applied('Pod', change.object))
        break
      case 'deletePod': {
        const object = pods.get(`p${change.number + 1}`)
        if (object === undefined) break
        pods.delete(object.name)
        handleEvent(agent, { kind: 'Pod', action: 'delete', object })
        break
      }
      case 'policy': {
        const { object } = change
        const state = policies.get(object.name)
        const { failure } = handleEvent(agent, applied('NetworkPolicy', object))
        if (state !== undefined && sameSpec(state.cached.spec, object.spec)) {
          expect(failure).toBeUndefined()
          break
        }
        const expected = classOf(object, profile)
        expect(failure?.class).toBe(expected)
        seen.add(`${state === undefined ? 'new' : 'edit'} ${expected ?? 'good'}`)
        const next = stateAfter(state, object, expected)
        if (next !== undefined) policies.set(object.name, next)
        break
      }
      case 'deletePolicy': {
        const state = policies.get(POLICY_NAMES[change.number] ?? '')
        if (state === undefined) break
        policies.delete(state.cached.name)
        seen.add('delete')
        handleEvent(agent, { kind: 'NetworkPolicy', action: 'delete', object: state.cached })
        break
      }
      case 'reconcile':
        reconcile(agent)
    }
  const enforced = [...policies.values()].flatMap(({ enforced: policy }) => policy ?? [])
  const cluster = {
    namespaces: [...namespaces.values()],
    pods: [...pods.values()].filter(pod => !isCompletedPod(pod)),
    policies: enforced,
  }
  return { incremental: rulesetOf(agent), fromNothing: compile(cluster, profile).ruleset, seen }
}

describe('the agent', () => {
  test.each(PROFILE_IDS)(
    '%s: whatever happened before, packets meet the rules of what is in force',
    profile => {
      const seen = new Set<string>()
      fc.assert(
        fc.property(changes(profile), all => {
          const run = play(all, profile)
          for (const kind of run.seen) seen.add(kind)
          expect(verdictsOf(run.incremental)).toEqual(verdictsOf(run.fromNothing))
        }),
        { numRuns: 300 },
      )
      expect([...seen].sort()).toEqual(
        [
          'delete',
          ...['new', 'edit'].flatMap(when => ['N', 'T', 'V', 'good'].map(kind => `${when} ${kind}`)),
        ].sort(),
      )
    },
  )

  test.each(PROFILE_IDS)('%s: what a node holds after changes reads as it prints', profile => {
    fc.assert(
      fc.property(changes(profile), all => {
        const { incremental } = play(all, profile)
        expect(textsAsKernel(readAgain(incremental))).toEqual(textsAsKernel(incremental))
      }),
    )
  })
})
