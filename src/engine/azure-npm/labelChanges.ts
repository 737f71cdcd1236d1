import type { Labels } from '../../model/labels.ts'
import { labelKeys, labelValue } from '../../model/labels.ts'

/** One set that a label puts its object into: the key's, or (with a value) the pair's. */
export interface LabelMembership {
  readonly key: string
  readonly value?: string
}

/** Both sets of every label. */
export function labelMemberships(labels: Labels): readonly LabelMembership[] {
  return labelKeys(labels).flatMap(key => [{ key }, { key, value: labels[key] ?? '' }])
}

/** The sets to leave, then those to enter (§1.4): where only the value changed, the key's set is kept. */
export function labelChanges(
  old: Labels,
  now: Labels,
): { readonly leave: readonly LabelMembership[]; readonly enter: readonly LabelMembership[] } {
  const leave: LabelMembership[] = []
  const enter: LabelMembership[] = []
  for (const key of labelKeys(old)) {
    const value = old[key] ?? ''
    const next = labelValue(now, key)
    if (next === value) continue
    if (next === undefined) leave.push({ key })
    leave.push({ key, value })
  }
  for (const key of labelKeys(now)) {
    const value = now[key] ?? ''
    const before = labelValue(old, key)
    if (before === value) continue
    if (before === undefined) enter.push({ key })
    enter.push({ key, value })
  }
  return { leave, enter }
}

export function sameLabels(a: Labels, b: Labels): boolean {
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every(key => labelValue(b, key) === a[key])
}
