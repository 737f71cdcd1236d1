import type { LabelSelector, LabelSelectorRequirement } from '../../model/labels.ts'

/** A requirement of one branch, with its place in the user's own list. */
export interface FlatRequirement {
  readonly key: string
  readonly operator: LabelSelectorRequirement['operator']
  readonly value: string
  /** Index in `matchExpressions`. */
  readonly index: number
}

/**
 * Multiplies out the expressions of a namespaceSelector that have several values (§3.3): each branch becomes a rule of
 * its own, which is right for `In` and wrong for `NotIn` (D1). An expression without values leaves no branch.
 */
export function flattenNamespaceSelector(selector: LabelSelector): readonly (readonly FlatRequirement[])[] {
  const base: FlatRequirement[] = []
  const multiplied: { readonly requirement: LabelSelectorRequirement; readonly index: number }[] = []
  ;(selector.matchExpressions ?? []).forEach((requirement, index) => {
    const { key, operator, values = [] } = requirement
    const hasValues = operator === 'In' || operator === 'NotIn'
    if (hasValues && values.length !== 1) multiplied.push({ requirement, index })
    else base.push({ key, operator, value: hasValues ? (values[0] ?? '') : '', index })
  })
  let branches: (readonly FlatRequirement[])[] = [base]
  for (const { requirement, index } of multiplied)
    branches = branches.flatMap(branch =>
      (requirement.values ?? []).map(value => [
        ...branch,
        { key: requirement.key, operator: requirement.operator, value, index },
      ]),
    )
  return branches
}
