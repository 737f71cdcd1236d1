import type { Direction } from '../../model/networkPolicy.ts'
import { policyResource } from '../../model/networkPolicy.ts'
import { PROTOCOL_NUMBERS } from '../../model/packet.ts'
import type { Match, Rule, SetDimension, Target } from '../../model/ruleset.ts'
import { EGRESS_DROP_MARK, INGRESS_DROP_MARK } from './baseChains.ts'
import { ACCEPT_CHAIN, INGRESS_ALLOW_CHAIN, policyChain } from './names.ts'
import type { Acl, Term, Translation } from './translation.ts'

/** One direction of a policy as the kernel gets it. */
export interface PolicySide {
  readonly direction: Direction
  readonly chain: string
  /** In the order of the ACLs. */
  readonly rules: readonly Rule[]
  /** The rule in AZURE-NPM-INGRESS or -EGRESS that leads to `chain`. */
  readonly jump: Rule
}

export interface PolicyRules {
  readonly ingress: PolicySide | undefined
  readonly egress: PolicySide | undefined
  /** The direction of each ACL in turn: the rules of the two chains may interleave on NPM's lines. */
  readonly order: readonly Direction[]
}

/** Which name a set has in the kernel, by its prefixed name. */
export type KernelNames = (prefixed: string) => string

function termText(term: Term): string {
  return term.included ? term.set.prefixed : `!${term.set.prefixed}`
}

function aclComment(acl: Acl): string {
  const { direction, peers, protocol, port, namedPort } = acl
  let text: string = acl.target
  if (peers.length === 0) text += '-ALL'
  else text += (direction === 'ingress' ? '-FROM-' : '-TO-') + peers.map(termText).join('-AND-')
  if (protocol !== '') text += `-ON-${protocol}`
  const endPort = acl.endPort === 0 ? port : acl.endPort
  if (port !== 0 || endPort !== 0) text += `-TO-PORT-${port}${port < endPort ? `:${endPort}` : ''}`
  if (namedPort !== undefined) text += `-TO-${namedPort.set.prefixed}`
  return text
}

function setMatch(term: Term, dimensions: readonly SetDimension[], names: KernelNames): Match {
  return { kind: 'set', set: names(term.set.prefixed), dimensions, inverted: !term.included }
}

const SRC: readonly SetDimension[] = ['src']
const DST: readonly SetDimension[] = ['dst']
const DST_DST: readonly SetDimension[] = ['dst', 'dst']

const TARGETS: Readonly<Record<Direction, Readonly<Record<Acl['target'], Target>>>> = {
  ingress: {
    ALLOW: { kind: 'jump', chain: INGRESS_ALLOW_CHAIN },
    DROP: { kind: 'mark', value: INGRESS_DROP_MARK, mask: INGRESS_DROP_MARK },
  },
  egress: {
    ALLOW: { kind: 'jump', chain: ACCEPT_CHAIN },
    DROP: { kind: 'mark', value: EGRESS_DROP_MARK, mask: EGRESS_DROP_MARK },
  },
}

const PROTOCOL_MATCHES: ReadonlyMap<string, Match & { readonly kind: 'protocol' }> = new Map(
  ['TCP', 'UDP', 'SCTP'].map(name => [
    name,
    { kind: 'protocol', protocol: PROTOCOL_NUMBERS[name.toLowerCase()] ?? 0, inverted: false },
  ]),
)

/** §4.5. Only for ACLs that passed validation: others have protocols without a number. */
function aclRule(acl: Acl, peerMatches: readonly Match[], names: KernelNames): Rule {
  const matches: Match[] = []
  const ofProtocol = PROTOCOL_MATCHES.get(acl.protocol)
  if (ofProtocol !== undefined) {
    matches.push(ofProtocol)
    const { protocol } = ofProtocol
    const to = acl.endPort === 0 ? acl.port : acl.endPort
    if (acl.port !== 0 || to !== 0)
      matches.push({ kind: 'port', protocol, dimension: 'dst', from: acl.port, to, inverted: false })
  }
  matches.push(...peerMatches)
  if (acl.namedPort !== undefined) matches.push(setMatch(acl.namedPort, DST_DST, names))
  matches.push({ kind: 'comment', text: aclComment(acl) })
  return { matches, target: TARGETS[acl.direction][acl.target], origin: acl.origin }
}

function jumpRule(translation: Translation, direction: Direction, chain: string, names: KernelNames): Rule {
  const { key, policy, selectorList } = translation
  const dimension = direction === 'ingress' ? DST : SRC
  const words = direction === 'ingress' ? ['INGRESS', 'TO'] : ['EGRESS', 'FROM']
  const terms = selectorList.length === 0 ? 'all' : selectorList.map(termText).join('-AND-')
  return {
    matches: [
      ...selectorList.map(term => setMatch(term, dimension, names)),
      { kind: 'comment', text: `${words[0]}-POLICY-${key}-${words[1]}-${terms}-IN-ns-${policy.namespace}` },
    ],
    target: { kind: 'jump', chain },
    origin: { resource: policyResource(policy), path: 'spec.podSelector' },
  }
}

/** The rules and jumps of a policy whose ACLs are valid. `suffix` is that of its chains (§2.4). */
export function policyRules(translation: Translation, suffix: string, names: KernelNames): PolicyRules {
  const sides = { ingress: [] as Rule[], egress: [] as Rule[] }
  // ACLs of one peer share its terms, so their rules share the matches: large policies take half the memory.
  let terms: readonly Term[] | undefined
  let peerMatches: readonly Match[] = []
  for (const acl of translation.acls) {
    if (acl.peers !== terms) {
      terms = acl.peers
      const dimension = acl.direction === 'ingress' ? SRC : DST
      peerMatches = terms.map(term => setMatch(term, dimension, names))
    }
    sides[acl.direction].push(aclRule(acl, peerMatches, names))
  }
  const side = (direction: Direction): PolicySide | undefined => {
    if (sides[direction].length === 0) return undefined
    const chain = policyChain(direction, suffix)
    return {
      direction,
      chain,
      rules: sides[direction],
      jump: jumpRule(translation, direction, chain, names),
    }
  }
  return {
    ingress: side('ingress'),
    egress: side('egress'),
    order: translation.acls.map(({ direction }) => direction),
  }
}
