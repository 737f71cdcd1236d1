import type { DirectedRule, NetworkPolicy, Peer } from '../../model/networkPolicy.ts'
import { policyKey, policyResource, rulesOf } from '../../model/networkPolicy.ts'
import type { Origin } from '../../model/origin.ts'
import type { Result } from '../../model/result.ts'
import { failed, ok } from '../../model/result.ts'
import { flattenNamespaceSelector } from './flatten.ts'
import { ipBlockMembers } from './ipBlock.ts'
import { ALL_NAMESPACES, cidrSet, namedPortSet, namespaceKeySet } from './names.ts'
import { isNpmIpv4 } from './npmIpv4.ts'
import { parsePolicyPort } from './ports.ts'
import type { Profile } from './profiles.ts'
import type { SelectorPlace } from './selectors.ts'
import { invalidValuePath, LABEL_VALUE_MESSAGE, parseNamespaceBranch, parsePodSelector } from './selectors.ts'
import type { Acl, Term, TranslatedSet, Translation, TranslationError } from './translation.ts'

/** What is being made of one policy. */
interface Work {
  readonly policy: NetworkPolicy
  readonly profile: Profile
  readonly key: string
  readonly resource: string
  readonly ruleSets: TranslatedSet[]
  readonly acls: Acl[]
}

/** A step that found a class T error returns it; the whole policy is then dropped. */
type Step = TranslationError | undefined

/**
 * What the agent makes of a policy (§3): sets, terms and ACLs in order, each with the field it comes from. The object is
 * taken as it is; defaults are the API server's business. The error is class T.
 */
export function translatePolicy(
  policy: NetworkPolicy,
  profile: Profile,
): Result<Translation, TranslationError> {
  const work: Work = {
    policy,
    profile,
    key: policyKey(policy),
    resource: policyResource(policy),
    ruleSets: [],
    acls: [],
  }
  const selector = policy.spec.podSelector ?? {}
  const place = placeAt(work, 'spec.podSelector')
  const invalid = checkValues(work, selector, place.path)
  if (invalid !== undefined) return failed(invalid)
  const { terms, sets, children } = parsePodSelector(selector, place, policy.namespace)
  for (const type of policy.spec.policyTypes ?? []) {
    // Whatever is not Ingress is egress to the agent (D22).
    const direction = type === 'Ingress' ? 'ingress' : 'egress'
    const error = translateSide(work, rulesOf(policy, direction), direction)
    if (error !== undefined) return failed(error)
  }
  return ok({
    policy,
    key: work.key,
    selectorSets: sets,
    selectorChildren: children,
    selectorList: terms,
    ruleSets: work.ruleSets,
    acls: work.acls,
  })
}

function placeAt(work: Work, path: string): SelectorPlace {
  return { profile: work.profile, policyKey: work.key, resource: work.resource, path }
}

function originAt(work: Work, path: string): Origin {
  return { resource: work.resource, path }
}

function checkValues(work: Work, selector: NonNullable<Peer['podSelector']>, path: string): Step {
  const bad = invalidValuePath(selector, path)
  return bad === undefined ? undefined : { message: LABEL_VALUE_MESSAGE, origin: originAt(work, bad) }
}

function isEmptyRule(rule: DirectedRule): boolean {
  return (rule.peers ?? []).length === 0 && (rule.ports ?? []).length === 0
}

/** The rule that makes the side allow everything (§3.5, 1). */
function allowAllRule(profile: Profile, rules: readonly DirectedRule[]): DirectedRule | undefined {
  if (profile.allowAllRule === 'only' && rules.length !== 1) return undefined
  return rules.find(isEmptyRule)
}

function translateSide(
  work: Work,
  rules: readonly DirectedRule[],
  direction: DirectedRule['direction'],
): Step {
  const plain = { direction, protocol: '', port: 0, endPort: 0, peers: [] }
  const allowAll = allowAllRule(work.profile, rules)
  if (allowAll !== undefined) {
    work.acls.push({ ...plain, target: 'ALLOW', origin: originAt(work, allowAll.path) })
    return undefined
  }
  for (const [i, rule] of rules.entries()) {
    const error = translateRule(work, rule, i)
    if (error !== undefined) return error
  }
  work.acls.push({ ...plain, target: 'DROP', origin: originAt(work, 'spec.policyTypes') })
  return undefined
}

function isRealPeer(peer: Peer): boolean {
  return peer.podSelector !== undefined || peer.namespaceSelector !== undefined || peer.ipBlock !== undefined
}

/** One rule, by the cases P1–P6 of §3.5. */
function translateRule(work: Work, rule: DirectedRule, index: number): Step {
  const { peers, ports = [] } = rule
  if (peers?.some(isRealPeer) === true) {
    for (const [j, peer] of peers.entries()) {
      const error = isRealPeer(peer) ? translatePeer(work, rule, index, peer, j) : undefined
      if (error !== undefined) return error
    }
    return undefined
  }
  if (ports.length > 0) {
    // P4: a list that is there but empty is lost with its ports; the API server never stores one.
    if (peers?.length === 0) return undefined
    return addPortAcls(work, rule, [], undefined)
  }
  // P1: an empty rule among others is lost (D11).
  if (peers === undefined || peers.length === 0) return undefined
  const origin = originAt(work, `${rule.peersPath}[0]`)
  const set = namespaceKeySet(ALL_NAMESPACES)
  work.ruleSets.push({ set, members: [], origin })
  return addPortAcls(work, rule, [{ included: true, set, origin }], origin)
}

function translatePeer(work: Work, rule: DirectedRule, index: number, peer: Peer, j: number): Step {
  const path = `${rule.peersPath}[${j}]`
  const origin = originAt(work, path)
  const { ipBlock, podSelector, namespaceSelector } = peer
  const { namespace, name } = work.policy
  if (ipBlock !== undefined) {
    const cidr = ipBlock.cidr ?? ''
    if (cidr === '') return undefined
    if (!isNpmIpv4(cidr))
      return { message: 'unsupported IP address', origin: originAt(work, `${path}.ipBlock.cidr`) }
    const set = cidrSet(work.profile, namespace, name, rule.direction, index, j)
    const members = ipBlockMembers(ipBlock, work.resource, `${path}.ipBlock`)
    work.ruleSets.push({ set, members, origin: originAt(work, `${path}.ipBlock`) })
    return addPortAcls(work, rule, [{ included: true, set, origin }], origin)
  }

  let podTerms: readonly Term[] = []
  if (podSelector !== undefined) {
    const place = placeAt(work, `${path}.podSelector`)
    const error = checkValues(work, podSelector, place.path)
    if (error !== undefined) return error
    const own = namespaceSelector === undefined ? namespace : undefined
    const { terms, sets, children } = parsePodSelector(podSelector, place, own)
    work.ruleSets.push(...sets, ...children)
    podTerms = terms
  }
  if (namespaceSelector === undefined) return addPortAcls(work, rule, podTerms, origin)

  const place = placeAt(work, `${path}.namespaceSelector`)
  const error = checkValues(work, namespaceSelector, place.path)
  if (error !== undefined) return error
  for (const branch of flattenNamespaceSelector(namespaceSelector)) {
    const terms = parseNamespaceBranch(namespaceSelector, branch, place)
    for (const term of terms) work.ruleSets.push({ set: term.set, members: [], origin: term.origin })
    const portError = addPortAcls(work, rule, [...terms, ...podTerms], origin)
    if (portError !== undefined) return portError
  }
  return undefined
}

/** One ALLOW for the peer's terms, or one for each port of the rule. Without a peer the ACLs come from the ports. */
function addPortAcls(
  work: Work,
  rule: DirectedRule,
  peers: readonly Term[],
  peerOrigin: Origin | undefined,
): Step {
  const { direction, ports = [] } = rule
  if (ports.length === 0)
    work.acls.push({
      target: 'ALLOW',
      direction,
      peers,
      protocol: '',
      port: 0,
      endPort: 0,
      origin: peerOrigin ?? originAt(work, rule.path),
    })
  for (const [k, policyPort] of ports.entries()) {
    const parsed = parsePolicyPort(policyPort)
    const origin = peerOrigin ?? originAt(work, `${rule.path}.ports[${k}]`)
    if (parsed === undefined)
      return { message: 'unknown port type', origin: originAt(work, `${rule.path}.ports[${k}].port`) }
    if (parsed.kind === 'numeric') {
      const { protocol, port, endPort } = parsed
      work.acls.push({ target: 'ALLOW', direction, protocol, port, endPort, peers, origin })
      continue
    }
    const { protocol, name } = parsed
    const set = namedPortSet(name)
    const namedPort = { included: true, set, origin: originAt(work, `${rule.path}.ports[${k}].port`) }
    work.ruleSets.push({ set, members: [], origin: namedPort.origin })
    work.acls.push({ target: 'ALLOW', direction, protocol, port: 0, endPort: 0, peers, namedPort, origin })
  }
  return undefined
}
