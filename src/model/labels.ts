import { compareBytes } from './order.ts'

/**
 * Read only with `labelValue` and `labelKeys`: a label may be called `constructor`, which a plain object seems
 * to have without having it.
 */
export type Labels = Readonly<Record<string, string>>

export const METADATA_NAME_LABEL = 'kubernetes.io/metadata.name'

export type SelectorOperator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'

export interface LabelSelectorRequirement {
  readonly key: string
  /** A raw object may hold any text here; the engines treat what they do not know as Kubernetes would. */
  readonly operator: SelectorOperator
  readonly values?: readonly string[]
}

/** Empty selects everything; an absent selector is another thing and is never written as `{}`. */
export interface LabelSelector {
  readonly matchLabels?: Labels
  readonly matchExpressions?: readonly LabelSelectorRequirement[]
}

export function labelValue(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined
}

/** Ascending by bytes. */
export function labelKeys(labels: Labels): readonly string[] {
  return Object.keys(labels).sort(compareBytes)
}

/** One requirement as apimachinery reads it: `NotIn` holds for an absent key. */
export function matchesRequirement(labels: Labels, requirement: LabelSelectorRequirement): boolean {
  const value = labelValue(labels, requirement.key)
  switch (requirement.operator) {
    case 'In':
      return value !== undefined && (requirement.values ?? []).includes(value)
    case 'NotIn':
      return value === undefined || !(requirement.values ?? []).includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    default:
      return false
  }
}

/** All of matchLabels and all of matchExpressions. */
export function matchesSelector(labels: Labels, selector: LabelSelector): boolean {
  const wanted = selector.matchLabels ?? {}
  return (
    Object.keys(wanted).every(key => labelValue(labels, key) === wanted[key]) &&
    (selector.matchExpressions ?? []).every(requirement => matchesRequirement(labels, requirement))
  )
}

/** `app=web,tier in (a, b),!old`: a selector in kubectl's words; `<all>` when it is empty. */
export function formatSelector(selector: LabelSelector): string {
  const terms = labelKeys(selector.matchLabels ?? {}).map(
    key => `${key}=${selector.matchLabels?.[key] ?? ''}`,
  )
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    if (operator === 'Exists') terms.push(key)
    else if (operator === 'DoesNotExist') terms.push(`!${key}`)
    else terms.push(`${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(', ')})`)
  }
  return terms.length === 0 ? '<all>' : terms.join(',')
}
