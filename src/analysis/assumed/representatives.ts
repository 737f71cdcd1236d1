import { labelValue, matchesSelector } from '../../model/labels.ts'
import type { Labels, LabelSelector } from '../../model/labels.ts'

/** Of an `In` with many values so many get a representative of their own. */
const MAX_REPRESENTATIVES = 4

/** Values for a key that must only exist, the first that no `NotIn` excludes. */
const ANY_VALUE = ['true', 'yes', 'any', 'some', 'other', 'x']

/** How many labels a selector asks for. */
export function specificity({ matchLabels = {}, matchExpressions = [] }: LabelSelector): number {
  const positive = matchExpressions.filter(({ operator }) => operator === 'In' || operator === 'Exists')
  return Object.keys(matchLabels).length + positive.length
}

/**
 * Label sets that a selector picks, with no label that it does not ask for: one, or one for each value (four at most)
 * of its first `In` that leaves a choice. Empty when nothing can satisfy it.
 */
export function representatives(selector: LabelSelector): readonly Labels[] {
  let sets: readonly Labels[] = [{ ...selector.matchLabels }]
  const requirements = selector.matchExpressions ?? []
  // A value that an `In` asks for also exists; one that was only made to exist may not be asked for.
  const positive = [
    ...requirements.filter(({ operator }) => operator === 'In'),
    ...requirements.filter(({ operator }) => operator === 'Exists'),
  ]
  for (const { key, operator, values = [] } of positive) {
    if (sets.every(labels => labelValue(labels, key) !== undefined)) continue
    const allowed = (operator === 'In' ? values : ANY_VALUE).filter(value => passes(selector, key, value))
    const chosen =
      operator === 'In' && sets.length === 1 ? allowed.slice(0, MAX_REPRESENTATIVES) : allowed.slice(0, 1)
    sets = sets.flatMap(labels => [...new Set(chosen)].map(value => ({ ...labels, [key]: value })))
  }
  return sets.filter(labels => matchesSelector(labels, selector))
}

/** Whether all that the selector says about this key holds for the value. */
function passes({ matchExpressions = [] }: LabelSelector, key: string, value: string): boolean {
  const about = matchExpressions.filter(requirement => requirement.key === key)
  return matchesSelector({ [key]: value }, { matchExpressions: about })
}
