import type { NetworkPolicy } from '../../model/networkPolicy.ts'
import { policyKey } from '../../model/networkPolicy.ts'
import type { ProfileId } from '../../model/scenario.ts'
import type { SetType } from './names.ts'
import { chainSuffix, kernelSetName } from './names.ts'
import { policyRules } from './policyRules.ts'
import { addPoliciesText } from './policyText.ts'
import { profileOf } from './profiles.ts'
import { translatePolicy } from './translate.ts'
import type { Acl, Term, TranslatedSet, Translation } from './translation.ts'
import { invalidAcl, invalidMember, refusedByIptables } from './validate.ts'

export interface AnswerSet {
  readonly type: SetType
  readonly name: string
  readonly prefixed: string
  readonly kernel: string
  readonly members: readonly string[]
}

export interface AnswerTerm {
  readonly included: boolean
  readonly type: SetType
  readonly name: string
}

export interface AnswerAclTerm extends AnswerTerm {
  readonly match: 'src' | 'dst' | 'dst,dst'
}

export interface AnswerAcl {
  readonly target: 'ALLOW' | 'DROP'
  readonly direction: 'IN' | 'OUT'
  readonly protocol: string
  readonly port: number
  readonly endPort: number
  readonly src: readonly AnswerAclTerm[]
  readonly dst: readonly AnswerAclTerm[]
}

export interface AnswerError {
  readonly class: 'T' | 'V'
  readonly message: string
}

export interface TranslatedAnswer {
  readonly error: AnswerError | null
  readonly policyKey: string
  readonly selectorSets: readonly AnswerSet[]
  readonly selectorChildren: readonly AnswerSet[]
  readonly ruleSets: readonly AnswerSet[]
  readonly selectorList: readonly AnswerTerm[]
  readonly acls: readonly AnswerAcl[]
  readonly restore: string
}

/** Class T leaves nothing but the error. */
export type TranslateAnswer = TranslatedAnswer | { readonly error: AnswerError }

function answerTerm(term: Term): AnswerTerm {
  return { included: term.included, type: term.set.type, name: term.set.name }
}

function answerAcl(acl: Acl): AnswerAcl {
  const { target, direction, protocol, port, endPort, peers, namedPort } = acl
  const ingress = direction === 'ingress'
  const peerTerms = peers.map(term => ({ ...answerTerm(term), match: ingress ? 'src' : 'dst' }) as const)
  const portTerms = namedPort === undefined ? [] : [{ ...answerTerm(namedPort), match: 'dst,dst' } as const]
  return {
    target,
    direction: ingress ? 'IN' : 'OUT',
    protocol,
    port,
    endPort,
    src: ingress ? peerTerms : [],
    dst: ingress ? portTerms : [...peerTerms, ...portTerms],
  }
}

/** What one policy alone becomes, as one JSON object: the answer to a `translate` request. `first`: AZURE-NPM is empty. */
export function translateAnswer(
  policy: NetworkPolicy,
  profileId: ProfileId,
  first: boolean,
): TranslateAnswer {
  const profile = profileOf(profileId)
  const result = translatePolicy(policy, profile)
  if (!result.ok) return { error: { class: 'T', message: result.error.message } }
  const translation = result.value
  // A selector of many values names the same few sets in each of its rules, and a hash takes long.
  const known = new Map<string, string>()
  const names = (prefixed: string): string => {
    const name = known.get(prefixed) ?? kernelSetName(profile, prefixed)
    known.set(prefixed, name)
    return name
  }
  const answerSet = ({ set, members }: TranslatedSet): AnswerSet => ({
    type: set.type,
    name: set.name,
    prefixed: set.prefixed,
    kernel: names(set.prefixed),
    members: members.map(member => member.text),
  })
  const { message, restore } = program(translation, chainSuffix(profile, translation.key), names, first)
  return {
    error: message === undefined ? null : { class: 'V', message },
    policyKey: policyKey(policy),
    selectorSets: translation.selectorSets.map(answerSet),
    selectorChildren: translation.selectorChildren.map(answerSet),
    ruleSets: translation.ruleSets.map(answerSet),
    selectorList: translation.selectorList.map(answerTerm),
    acls: translation.acls.map(answerAcl),
    restore,
  }
}

function program(
  translation: Translation,
  suffix: string,
  names: (prefixed: string) => string,
  first: boolean,
): { readonly message?: string; readonly restore: string } {
  const member = invalidMember(translation.ruleSets)
  if (member !== undefined) return { message: `invalid ip ${member.text}`, restore: '' }
  if (translation.acls.length === 0) return { restore: '' }
  const invalid = invalidAcl(translation)
  if (invalid !== undefined) return { message: invalid, restore: '' }
  const rules = policyRules(translation, suffix, names)
  const refused = refusedByIptables(rules)
  if (refused !== undefined) return { message: refused, restore: '' }
  return { restore: addPoliciesText([rules], first) }
}
