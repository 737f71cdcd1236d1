import type { Pod } from '../model/cluster.ts'
import type { FlowExplanation } from '../model/connectivity.ts'
import { matchesSelector } from '../model/labels.ts'
import { setsHolding, type RulesetOutline } from '../model/listedSets.ts'
import { policyKey, type NetworkPolicy } from '../model/networkPolicy.ts'
import { parentPath, type Origin } from '../model/origin.ts'
import type { WalkedRule } from '../model/packetTrace.ts'
import type { Analysis } from '../model/protocol.ts'
import type { Chain, Rule } from '../model/ruleset.ts'
import type { Selection } from './selection.ts'

/** What belongs to a selection, in all panes. */
export interface Linked {
  /** `ns/name` */
  readonly policies: ReadonlySet<string>
  /** By `ruleKey`. */
  readonly rules: ReadonlySet<string>
  readonly chains: ReadonlySet<string>
  readonly sets: ReadonlySet<string>
  /** Fields of the text. */
  readonly origins: readonly Origin[]
}

export const NOTHING_LINKED: Linked = {
  policies: new Set(),
  rules: new Set(),
  chains: new Set(),
  sets: new Set(),
  origins: [],
}

export function ruleKey(chain: string, number: number): string {
  return `${chain} ${number}`
}

interface PlacedRule {
  readonly chain: Chain
  readonly number: number
  readonly rule: Rule
}

/** Follows the provenance fields from a selection to what it made and what made it. */
export function linkedTo(
  analysis: Analysis,
  selection: Selection | undefined,
  explanation?: FlowExplanation,
): Linked {
  if (selection === undefined) return NOTHING_LINKED
  const rules = placedRules(analysis.ruleset)
  switch (selection.kind) {
    case 'policy':
      return ofPolicies([selection.key], rules)
    case 'origin':
      return ofOrigin(analysis, { resource: selection.resource, path: selection.path }, rules)
    case 'rule': {
      const found = rules.filter(
        placed => placed.chain.name === selection.chain && placed.number === selection.number,
      )
      return collect(found, { origins: originsOf(found) })
    }
    case 'chain': {
      const policies = rules.flatMap(({ chain }) =>
        chain.name === selection.name && chain.meaning?.kind === 'policy' ? [chain.meaning.policy] : [],
      )
      const found = rules.filter(
        ({ chain, rule }) =>
          chain.name === selection.name ||
          ((rule.target.kind === 'jump' || rule.target.kind === 'goto') &&
            rule.target.chain === selection.name),
      )
      return collect(found, { chains: [selection.name], policies, origins: originsOf(found) })
    }
    case 'set': {
      const set = analysis.ruleset.sets.find(({ name }) => name === selection.name)
      const found = rules.filter(({ rule }) => setsOf(rule).includes(selection.name))
      return { ...collect(found, { origins: set?.origins ?? [] }), sets: new Set([selection.name]) }
    }
    case 'endpoint':
      return ofEndpoint(analysis, selection.id, rules)
    case 'flow':
      return explanation === undefined ? NOTHING_LINKED : ofFlow(explanation, rules)
    case 'namespace': {
      const sets = analysis.ruleset.sets.filter(set =>
        (set.meanings ?? []).some(m => m.kind === 'Namespace' && m.namespace === selection.name),
      )
      const policies = analysis.policies.filter(p => p.namespace === selection.name).map(policyKey)
      return {
        ...NOTHING_LINKED,
        policies: new Set(policies),
        sets: new Set(sets.map(set => set.name)),
        origins: [{ resource: `Namespace/${selection.name}`, path: '' }],
      }
    }
  }
}

/** What a walk through the rules touches: the rules that matched, their chains and sets, and the fields that made them. */
export function linkedToWalk(analysis: Analysis, steps: readonly WalkedRule[]): Linked {
  const matched = new Set(
    steps.filter(step => step.matched).map(({ chain, number }) => ruleKey(chain, number)),
  )
  const found = placedRules(analysis.ruleset).filter(({ chain, number }) =>
    matched.has(ruleKey(chain.name, number)),
  )
  return collect(found, { origins: originsOf(found) })
}

/** Policies whose podSelector selects the pod, in Kubernetes' reading. */
export function policiesSelecting(
  analysis: Analysis,
  pod: Pick<Pod, 'namespace' | 'labels' | 'hostNetwork'>,
): readonly NetworkPolicy[] {
  if (pod.hostNetwork) return []
  return analysis.policies.filter(
    policy =>
      policy.namespace === pod.namespace && matchesSelector(pod.labels, policy.spec.podSelector ?? {}),
  )
}

/** The rules of all tables, in order. */
export function placedRules(ruleset: RulesetOutline): readonly PlacedRule[] {
  return ruleset.tables.flatMap(table =>
    table.chains.flatMap(chain => chain.rules.map((rule, i) => ({ chain, number: i + 1, rule }))),
  )
}

export function setsOf(rule: Rule): readonly string[] {
  return rule.matches.flatMap(match => (match.kind === 'set' ? [match.set] : []))
}

function originsOf(rules: readonly PlacedRule[]): readonly Origin[] {
  return rules.flatMap(({ rule }) => (rule.origin === undefined ? [] : [rule.origin]))
}

interface Also {
  readonly policies?: readonly string[]
  readonly chains?: readonly string[]
  readonly origins?: readonly Origin[]
}

function collect(rules: readonly PlacedRule[], also: Also): Linked {
  const origins = also.origins ?? []
  return {
    policies: new Set([
      ...(also.policies ?? []),
      ...origins.flatMap(({ resource }) =>
        resource.startsWith('NetworkPolicy/') ? [resource.slice('NetworkPolicy/'.length)] : [],
      ),
    ]),
    rules: new Set(rules.map(({ chain, number }) => ruleKey(chain.name, number))),
    chains: new Set([
      ...(also.chains ?? []),
      ...rules.flatMap(({ rule }) => (rule.target.kind === 'jump' ? [rule.target.chain] : [])),
    ]),
    sets: new Set(rules.flatMap(({ rule }) => setsOf(rule))),
    origins,
  }
}

function ofPolicies(keys: readonly string[], rules: readonly PlacedRule[]): Linked {
  const wanted = new Set(keys.map(key => `NetworkPolicy/${key}`))
  const names = new Set(keys)
  const found = rules.filter(
    ({ chain, rule }) =>
      (rule.origin !== undefined && wanted.has(rule.origin.resource)) ||
      (chain.meaning?.kind === 'policy' && names.has(chain.meaning.policy)),
  )
  return collect(found, { policies: keys, origins: [...wanted].map(resource => ({ resource, path: '' })) })
}

/** Whether `path` is `of` or a field below it. */
export function isWithin(path: string, of: string): boolean {
  if (of === '' || path === of) return true
  return path.startsWith(of) && '.['.includes(path.charAt(of.length))
}

/** The items at or below the path; where there are none, those of the nearest field around it that has some. */
export function nearest<T>(
  items: readonly T[],
  path: string,
  pathOf: (item: T) => string | undefined,
): readonly T[] {
  for (let at = path; ; at = parentPath(at)) {
    const found = items.filter(item => {
      const own = pathOf(item)
      return own !== undefined && (at === path ? isWithin(own, at) : own === at)
    })
    if (found.length > 0 || at === '') return found
  }
}

function ofOrigin(analysis: Analysis, origin: Origin, rules: readonly PlacedRule[]): Linked {
  if (origin.resource.startsWith('Pod/')) {
    const linked = ofEndpoint(analysis, `pod:${origin.resource.slice('Pod/'.length)}`, rules)
    return { ...linked, origins: [origin] }
  }
  const own = rules.filter(({ rule }) => rule.origin?.resource === origin.resource)
  const found = nearest(own, origin.path, ({ rule }) => rule.origin?.path)
  const linked = collect(found, { origins: [origin] })
  const sets = analysis.ruleset.sets.filter(set =>
    (set.origins ?? []).some(o => o.resource === origin.resource && isWithin(o.path, origin.path)),
  )
  return { ...linked, sets: new Set([...linked.sets, ...sets.map(set => set.name)]) }
}

function ofEndpoint(analysis: Analysis, id: string, rules: readonly PlacedRule[]): Linked {
  const endpoint = analysis.endpoints.find(e => e.id === id)
  if (endpoint === undefined || endpoint.kind === 'outside') return NOTHING_LINKED
  if (endpoint.kind === 'cidr') {
    const linked = ofPolicies([...endpoint.namedBy, ...endpoint.exceptOf], rules)
    const blocks = analysis.ruleset.sets.filter(set =>
      (set.meanings ?? []).some(m => m.kind === 'CIDRBlocks' && endpoint.namedBy.includes(m.policy)),
    )
    return { ...linked, sets: new Set(blocks.map(set => set.name)) }
  }
  const policies = policiesSelecting(analysis, endpoint).map(policyKey)
  const linked = ofPolicies(policies, rules)
  return {
    ...linked,
    sets: new Set(
      endpoint.hostNetwork ? [] : setsHolding(analysis.ruleset, endpoint.address).map(set => set.name),
    ),
    origins: [
      { resource: endpoint.workload ?? `Pod/${endpoint.namespace}/${endpoint.name}`, path: '' },
      ...linked.origins,
    ],
  }
}

function ofFlow(explanation: FlowExplanation, rules: readonly PlacedRule[]): Linked {
  const shares = [...explanation.egress.policies, ...explanation.ingress.policies]
  const walked = new Set(
    explanation.samples.flatMap(sample => sample.path.map(at => ruleKey(at.chain, at.number))),
  )
  const found = rules.filter(({ chain, number }) => walked.has(ruleKey(chain.name, number)))
  return collect(found, {
    policies: shares.map(share => share.policy),
    origins: shares.flatMap(share => {
      const resource = `NetworkPolicy/${share.policy}`
      return share.rules.length === 0
        ? [{ resource, path: '' }]
        : share.rules.map(({ path }) => ({ resource, path }))
    }),
  })
}
