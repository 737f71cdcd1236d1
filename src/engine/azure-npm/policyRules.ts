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
  /** All rules of both chains in ACL order: they interleave where policyTypes name egress first. */
  readonly ordered: readonly { readonly chain: string; readonly rule: Rule }[]
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

function aclTarget(acl: Acl): Target {
  const ingress = acl.direction === 'ingress'
  if (acl.target === 'ALLOW') return { kind: 'jump', chain: ingress ? INGRESS_ALLOW_CHAIN : ACCEPT_CHAIN }
  const mark = ingress ? INGRESS_DROP_MARK : EGRESS_DROP_MARK
  return { kind: 'mark', value: mark, mask: mark }
}

/** §4.5. Only for ACLs that passed validation: others have protocols without a number. */
function aclRule(acl: Acl, names: KernelNames): Rule {
  const matches: Match[] = []
  const protocol = PROTOCOL_NUMBERS[acl.protocol.toLowerCase()]
  if (protocol !== undefined) {
    matches.push({ kind: 'protocol', protocol, inverted: false })
    const to = acl.endPort === 0 ? acl.port : acl.endPort
    if (acl.port !== 0 || to !== 0)
      matches.push({ kind: 'port', protocol, dimension: 'dst', from: acl.port, to, inverted: false })
  }
  const dimension = acl.direction === 'ingress' ? SRC : DST
  for (const term of acl.peers) matches.push(setMatch(term, dimension, names))
  if (acl.namedPort !== undefined) matches.push(setMatch(acl.namedPort, DST_DST, names))
  matches.push({ kind: 'comment', text: aclComment(acl) })
  return { matches, target: aclTarget(acl), origin: acl.origin }
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
  const ordered: { chain: string; rule: Rule }[] = []
  for (const acl of translation.acls) {
    const rule = aclRule(acl, names)
    sides[acl.direction].push(rule)
    ordered.push({ chain: policyChain(acl.direction, suffix), rule })
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
  return { ingress: side('ingress'), egress: side('egress'), ordered }
}
