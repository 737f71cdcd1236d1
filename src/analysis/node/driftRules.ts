import {
  ACCEPT_CHAIN,
  AZURE_CHAIN,
  EGRESS_CHAIN,
  INGRESS_ALLOW_CHAIN,
  INGRESS_CHAIN,
} from '../../engine/azure-npm/names.ts'
import { profileOf } from '../../engine/azure-npm/profiles.ts'
import type { DriftFinding, DumpPlace } from '../../model/nodeReport.ts'
import type { Chain, Rule, Ruleset } from '../../model/ruleset.ts'
import type { ProfileId } from '../../model/scenario.ts'
import { counted, listed, ruleKey, ruleText } from './driftWords.ts'
import type { ReadNode } from './nodeDump.ts'
import { isLegacyAgentChain } from './nodeProfile.ts'

/** The rules that the policies should give, beside a node. */
export interface DriftQuestion {
  readonly node: ReadNode
  readonly expected: Ruleset
  readonly profile: ProfileId
  /** Kernel name of a set → the agent's own names. */
  readonly setNames: ReadonlyMap<string, readonly string[]>
  /** Chain → `ingress of shop/web`. */
  readonly chainNames: ReadonlyMap<string, string>
}

const BASE: ReadonlySet<string> = new Set([
  AZURE_CHAIN,
  INGRESS_CHAIN,
  INGRESS_ALLOW_CHAIN,
  EGRESS_CHAIN,
  ACCEPT_CHAIN,
])

const TABLE = 'filter'

function chainsOf({ tables }: Ruleset): readonly Chain[] {
  return tables.find(({ name }) => name === TABLE)?.chains ?? []
}

function isAzureChain(name: string): boolean {
  return name === AZURE_CHAIN || name.startsWith(`${AZURE_CHAIN}-`)
}

const RESTART = 'restart azure-npm on the node: it takes away what it made and builds it anew'

function placed(place: DumpPlace | undefined): { readonly place?: DumpPlace } {
  return place === undefined ? {} : { place }
}

/** What differs in the agent's own chains, chain by chain and rule by rule. */
export function driftOfChains(question: DriftQuestion): readonly DriftFinding[] {
  const { node, expected } = question
  const actual = new Map(chainsOf(node.ruleset).map(chain => [chain.name, chain]))
  const wanted = chainsOf(expected).filter(({ name }) => isAzureChain(name))
  const wantedNames = new Set(wanted.map(({ name }) => name))
  return [
    ...wanted.flatMap(chain => {
      const found = actual.get(chain.name)
      return found === undefined ? missingChain(question, chain) : driftOfChain(question, chain, found)
    }),
    ...[...actual.values()]
      .filter(({ name }) => isAzureChain(name) && !wantedNames.has(name))
      .map(chain => staleChain(question, chain)),
  ]
}

function nameOf({ chainNames }: DriftQuestion, { name, meaning }: Chain): string {
  const known =
    meaning?.kind === 'policy' ? `${meaning.direction} of ${meaning.policy}` : chainNames.get(name)
  return known === undefined ? name : `${name} (${known})`
}

function missingChain(question: DriftQuestion, chain: Chain): readonly DriftFinding[] {
  const origin = chain.rules.find(rule => rule.origin !== undefined)?.origin
  if (chain.rules.length === 0 && BASE.has(chain.name)) return []
  return [
    {
      kind: 'missing-chain',
      severity: 'error',
      message: `chain ${nameOf(question, chain)} is missing, with ${counted(chain.rules.length, 'rule')}`,
      advice: RESTART,
      ...(origin === undefined ? {} : { origin }),
      table: TABLE,
      chain: chain.name,
    },
  ]
}

function staleChain(question: DriftQuestion, chain: Chain): DriftFinding {
  const { node } = question
  const used = chainsOf(node.ruleset).some(({ rules }) =>
    rules.some(
      ({ target }) => (target.kind === 'jump' || target.kind === 'goto') && target.chain === chain.name,
    ),
  )
  const legacy = isLegacyAgentChain(chain.name)
  return {
    kind: legacy ? 'legacy-agent' : 'stale-chain',
    severity: used && chain.rules.length > 0 ? 'error' : 'info',
    message: legacy
      ? `chain ${chain.name} is the legacy agent’s, with ${counted(chain.rules.length, 'rule')}`
      : `chain ${nameOf(question, chain)} belongs to no policy of the scenario${used ? '' : ', and no rule leads to it'}`,
    advice: legacy
      ? RESTART
      : used
        ? 'add the policy that it belongs to if the cluster has it; if not, the agent has not taken it away'
        : 'nothing: the agent takes such chains away within five minutes',
    ...placed(node.chainPlaces.get(`${TABLE} ${chain.name}`)),
    table: TABLE,
    chain: chain.name,
  }
}

function keysOf(rules: readonly Rule[]): Map<string, Rule[]> {
  const keys = new Map<string, Rule[]>()
  for (const rule of rules) {
    const key = ruleKey(rule)
    if (key === undefined) continue
    const same = keys.get(key)
    if (same === undefined) keys.set(key, [rule])
    else same.push(rule)
  }
  return keys
}

function driftOfChain(question: DriftQuestion, wanted: Chain, found: Chain): readonly DriftFinding[] {
  const { node, setNames } = question
  const [left, right] = [keysOf(wanted.rules), keysOf(found.rules)]
  const missing = [...left].flatMap(([key, rules]) => rules.slice(right.get(key)?.length ?? 0))
  const stale = [...right].flatMap(([key, rules]) => rules.slice(left.get(key)?.length ?? 0))
  const name = nameOf(question, wanted)
  const told = (rule: Rule) => readable(ruleText(rule), setNames)
  const findings: DriftFinding[] = [
    ...missing.map((rule): DriftFinding => ({
      kind: 'missing-rule',
      severity: 'error',
      message: `${name} lacks the rule ${told(rule)}`,
      advice: RESTART,
      ...(rule.origin === undefined ? {} : { origin: rule.origin }),
      ...placed(node.chainPlaces.get(`${TABLE} ${wanted.name}`)),
      table: TABLE,
      chain: wanted.name,
    })),
    ...stale.map((rule): DriftFinding => ({
      kind: 'stale-rule',
      severity: 'error',
      message: `${name} has a rule that no policy of the scenario gives: ${told(rule)}`,
      advice:
        'add the policy that it belongs to if the cluster has it; if not, restart azure-npm on the node',
      ...placed(node.rulePlaces.get(rule)),
      table: TABLE,
      chain: wanted.name,
    })),
  ]
  if (findings.length > 0) return findings
  const order = (rules: readonly Rule[]) => orderOf(wanted.name, rules)
  if (order(wanted.rules) === order(found.rules)) return []
  return [
    {
      kind: 'rule-order',
      severity: 'error',
      message: `the rules of ${name} stand in another order`,
      advice: RESTART,
      ...placed(node.chainPlaces.get(`${TABLE} ${wanted.name}`)),
      table: TABLE,
      chain: wanted.name,
    },
  ]
}

/** The order that matters: policies' jumps may stand in any, and a policy's allowing rules too. */
function orderOf(chain: string, rules: readonly Rule[]): string {
  const keys = rules.map(rule => {
    const { target } = rule
    if (target.kind !== 'jump') return ruleKey(rule)
    if (BASE.has(chain)) return BASE.has(target.chain) ? ruleKey(rule) : 'policies'
    return `allow by ${target.chain}`
  })
  return keys.filter((key, i) => key !== keys[i - 1]).join('\n')
}

/** Set names in a rule with what they mean. */
function readable(text: string, names: ReadonlyMap<string, readonly string[]>): string {
  return text.replace(/--match-set (\S+)/g, (whole, kernel: string) => {
    const known = names.get(kernel)
    return known === undefined ? whole : `${whole} (${known.join(' or ')})`
  })
}

/** Whether FORWARD leads into the agent's rules where it should, and who decides before. */
export function driftOfJump({ node, profile }: DriftQuestion, hasPolicies: boolean): readonly DriftFinding[] {
  const forward = chainsOf(node.ruleset).find(({ name }) => name === 'FORWARD')
  if (forward === undefined) return []
  const { rules } = forward
  const leadsTo = ({ target }: Rule, chain: string) =>
    (target.kind === 'jump' || target.kind === 'goto') && target.chain === chain
  const at = rules.findIndex(rule => leadsTo(rule, AZURE_CHAIN))
  const rule = rules[at]
  const common = { table: TABLE, chain: 'FORWARD' }
  if (rule === undefined) {
    if (!hasPolicies) return []
    return [
      {
        kind: 'missing-jump',
        severity: 'error',
        message: 'no rule of FORWARD leads to AZURE-NPM: no policy has any effect on this node',
        advice: 'look whether azure-npm runs on the node; it puts the rule back within five minutes',
        ...placed(node.chainPlaces.get('filter FORWARD')),
        ...common,
      },
    ]
  }
  const findings: DriftFinding[] = []
  const place = placed(node.rulePlaces.get(rule))
  const onlyNew = rule.matches.every(
    match =>
      match.kind === 'comment' ||
      (match.kind === 'ctstate' && match.states.includes('NEW') && !match.inverted),
  )
  if (!onlyNew)
    findings.push({
      kind: 'jump-position',
      severity: 'error',
      message: `the jump to AZURE-NPM has conditions of its own: ${ruleText(rule)}`,
      advice: 'delete it; azure-npm puts its own back within five minutes',
      ...place,
      ...common,
    })
  else if (!rule.matches.some(({ kind }) => kind === 'ctstate'))
    findings.push({
      kind: 'jump-position',
      severity: 'warning',
      message: 'the jump to AZURE-NPM is not for new connections alone: replies meet the policies too',
      advice: 'it is that of an old version: restart azure-npm on the node',
      ...place,
      ...common,
    })
  const services = rules.findIndex(other => leadsTo(other, 'KUBE-SERVICES'))
  const right = profileOf(profile).placeAzureChainFirst ? 0 : services + 1
  if (at !== right)
    findings.push({
      kind: 'jump-position',
      severity: 'warning',
      message: `the jump to AZURE-NPM is rule ${at + 1} of FORWARD; this version puts it at ${right + 1}${
        services >= 0 && right > 0 ? ', behind that to KUBE-SERVICES' : ''
      }`,
      advice: 'azure-npm moves it within five minutes, where PlaceAzureChainFirst is as this version has it',
      ...place,
      ...common,
    })
  const before = rules.slice(0, at)
  const [first] = before
  if (first !== undefined)
    findings.push({
      kind: 'foreign-rule',
      severity: 'info',
      message: `other software has ${counted(before.length, 'rule')} before azure-npm’s: ${listed(
        before.map(targetOf),
      )}. What is accepted or dropped there meets no policy`,
      advice: 'nothing, where these are kube-proxy’s',
      ...placed(node.rulePlaces.get(first)),
      ...common,
    })
  return findings
}

function targetOf({ target }: Rule): string {
  switch (target.kind) {
    case 'jump':
    case 'goto':
      return target.chain
    case 'verdict':
      return target.verdict
    case 'other':
      return target.name
    case 'mark':
      return 'MARK'
    case 'reject':
      return 'REJECT'
    case 'return':
      return 'RETURN'
    case 'none':
      return 'a counter'
  }
}
