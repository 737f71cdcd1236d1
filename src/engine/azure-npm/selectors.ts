import type { LabelSelector } from '../../model/labels.ts'
import { labelKeys } from '../../model/labels.ts'
import type { Origin } from '../../model/origin.ts'
import { labelPath } from '../../model/origin.ts'
import type { FlatRequirement } from './flatten.ts'
import type { SetId } from './names.ts'
import {
  ALL_NAMESPACES,
  namespaceKeySet,
  namespaceLabelSet,
  namespaceSet,
  nestedSet,
  podKeySet,
  podLabelSet,
} from './names.ts'
import type { Profile } from './profiles.ts'
import type { StaticMember, Term, TranslatedSet } from './translation.ts'

/** The policy a selector stands in, and where. */
export interface SelectorPlace {
  readonly profile: Profile
  readonly policyKey: string
  readonly resource: string
  /** `spec.ingress[0].from[1].podSelector` */
  readonly path: string
}

export interface ParsedSelector {
  readonly terms: readonly Term[]
  readonly sets: readonly TranslatedSet[]
  /** The sets that are members of nested sets. */
  readonly children: readonly TranslatedSet[]
}

const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/

export const LABEL_VALUE_MESSAGE =
  'a label value of a matchExpression must be empty, or letters, digits, "-", "_" and ".", with a letter or digit at both ends'

/** The field of the first value of In or NotIn that the agent refuses (§3.3); values of matchLabels are not looked at. */
export function invalidValuePath(selector: LabelSelector, path: string): string | undefined {
  for (const [i, { operator, values }] of (selector.matchExpressions ?? []).entries()) {
    if (operator !== 'In' && operator !== 'NotIn') continue
    const bad = (values ?? []).findIndex(value => !LABEL_VALUE.test(value))
    if (bad >= 0) return `${path}.matchExpressions[${i}].values[${bad}]`
  }
  return undefined
}

/** Terms of one selector, with the agent's own suppression of doubles (§3.2): by name alone for positive ones. */
interface TermList {
  readonly terms: Term[]
  readonly seen: Set<string>
}

/** Whether the term was new. */
function addTerm(list: TermList, included: boolean, set: SetId, origin: Origin): boolean {
  const key = included ? `+${set.name}` : `-${set.type}/${set.name}`
  if (list.seen.has(key)) return false
  list.seen.add(key)
  list.terms.push({ included, set, origin })
  return true
}

/**
 * The podSelector of a policy or peer (§3.2). `namespace` is given where the selector is bound to the policy's own
 * namespace: everywhere but beside a namespaceSelector.
 */
export function parsePodSelector(
  selector: LabelSelector,
  place: SelectorPlace,
  namespace: string | undefined,
): ParsedSelector {
  const { profile, policyKey, resource, path } = place
  const list: TermList = { terms: [], seen: new Set() }
  const sets: TranslatedSet[] = []
  const children: TranslatedSet[] = []
  const add = (
    included: boolean,
    set: SetId,
    origin: Origin,
    members: readonly StaticMember[] = [],
  ): void => {
    if (!addTerm(list, included, set, origin)) return
    sets.push({ set, members, origin })
    for (const member of members)
      if (member.set !== undefined) children.push({ set: member.set, members: [], origin: member.origin })
  }

  const labels = selector.matchLabels ?? {}
  for (const key of labelKeys(labels))
    add(true, podLabelSet(key, labels[key] ?? ''), {
      resource,
      path: labelPath(`${path}.matchLabels`, key),
    })
  for (const [i, { key, operator, values = [] }] of (selector.matchExpressions ?? []).entries()) {
    const at = `${path}.matchExpressions[${i}]`
    const origin = { resource, path: at }
    switch (operator) {
      case 'In':
      case 'NotIn': {
        const [only] = values
        if (values.length === 1 && only !== undefined) {
          add(operator === 'In', podLabelSet(key, only), origin)
          break
        }
        const members = values.map((value, v) => {
          const set = podLabelSet(key, value)
          return { text: set.name, set, origin: { resource, path: `${at}.values[${v}]` } }
        })
        add(operator === 'In', nestedSet(profile, policyKey, key, values), origin, members)
        break
      }
      case 'Exists':
        add(true, podKeySet(key), origin)
        break
      case 'DoesNotExist':
        add(false, podKeySet(key), origin)
        break
    }
  }
  if (namespace !== undefined) {
    // Appended as it is: a label may be called like the namespace, and the term must not be lost for that.
    const set = namespaceSet(namespace)
    const origin = { resource, path }
    list.terms.push({ included: true, set, origin })
    sets.push({ set, members: [], origin })
  }
  return { terms: list.terms, sets, children }
}

/** One branch of a namespaceSelector (§3.2). */
export function parseNamespaceBranch(
  selector: LabelSelector,
  branch: readonly FlatRequirement[],
  place: SelectorPlace,
): readonly Term[] {
  const { resource, path } = place
  const list: TermList = { terms: [], seen: new Set() }
  const labels = selector.matchLabels ?? {}
  const keys = labelKeys(labels)
  if (keys.length === 0 && branch.length === 0)
    addTerm(list, true, namespaceKeySet(ALL_NAMESPACES), { resource, path })
  for (const key of keys)
    addTerm(list, true, namespaceLabelSet(key, labels[key] ?? ''), {
      resource,
      path: labelPath(`${path}.matchLabels`, key),
    })
  for (const { key, operator, value, index } of branch) {
    const origin = { resource, path: `${path}.matchExpressions[${index}]` }
    switch (operator) {
      case 'In':
      case 'NotIn':
        addTerm(list, operator === 'In', namespaceLabelSet(key, value), origin)
        break
      case 'Exists':
      case 'DoesNotExist':
        addTerm(list, operator === 'Exists', namespaceKeySet(key), origin)
        break
    }
  }
  return list.terms
}
