import type { Labels, LabelSelector } from '../../model/labels.ts'
import { labelKeys, labelValue, matchesSelector } from '../../model/labels.ts'
import { compareBytes } from '../../model/order.ts'

/**
 * Distinct selectors by number, with a lookup that tests only those which a label set can meet at all: each
 * selector waits under one label that it demands. Answers are kept per distinct label set.
 */
export interface SelectorTable {
  readonly selectors: LabelSelector[]
  readonly numbers: Map<string, number>
  /** Selectors that demand a value, under `key NUL value`. */
  readonly byPair: Map<string, number[]>
  /** Selectors that demand a key. */
  readonly byKey: Map<string, number[]>
  /** Selectors that demand nothing: empty ones and negations. */
  readonly undemanding: number[]
  readonly answers: Map<string, ReadonlySet<number>>
}

export function createSelectorTable(): SelectorTable {
  return {
    selectors: [],
    numbers: new Map(),
    byPair: new Map(),
    byKey: new Map(),
    undemanding: [],
    answers: new Map(),
  }
}

/** The number of a selector; equal selectors share one. All are to be added before the first question. */
export function addSelector(table: SelectorTable, selector: LabelSelector): number {
  const text = JSON.stringify([
    labelsText(selector.matchLabels ?? {}),
    (selector.matchExpressions ?? []).map(({ key, operator, values = [] }) => [
      key,
      operator,
      [...new Set(values)].sort(compareBytes),
    ]),
  ])
  const known = table.numbers.get(text)
  if (known !== undefined) return known
  const number = table.selectors.push(selector) - 1
  table.numbers.set(text, number)
  file(table, selector, number)
  return number
}

function file(table: SelectorTable, selector: LabelSelector, number: number): void {
  const expressions = selector.matchExpressions ?? []
  const [key] = Object.keys(selector.matchLabels ?? {})
  if (key !== undefined)
    return append(table.byPair, pairText(key, labelValue(selector.matchLabels ?? {}, key) ?? ''), number)
  const listed = expressions.find(({ operator }) => operator === 'In')
  if (listed !== undefined) {
    for (const value of new Set(listed.values)) append(table.byPair, pairText(listed.key, value), number)
    return
  }
  const present = expressions.find(({ operator }) => operator === 'Exists')
  if (present !== undefined) return append(table.byKey, present.key, number)
  table.undemanding.push(number)
}

/** The numbers of the selectors that match. */
export function matchingSelectors(table: SelectorTable, labels: Labels): ReadonlySet<number> {
  const text = labelsText(labels)
  const known = table.answers.get(text)
  if (known !== undefined) return known
  const matching = new Set<number>()
  const test = (candidates: readonly number[] | undefined): void => {
    for (const number of candidates ?? [])
      if (matchesSelector(labels, table.selectors[number] ?? {})) matching.add(number)
  }
  test(table.undemanding)
  for (const key of Object.keys(labels)) {
    test(table.byKey.get(key))
    test(table.byPair.get(pairText(key, labelValue(labels, key) ?? '')))
  }
  table.answers.set(text, matching)
  return matching
}

/** Equal for equal label sets, whatever the order of their keys. */
function labelsText(labels: Labels): string {
  return JSON.stringify(labelKeys(labels).map(key => [key, labelValue(labels, key)]))
}

function pairText(key: string, value: string): string {
  return `${key}\0${value}`
}

function append(lists: Map<string, number[]>, key: string, number: number): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [number])
  else list.push(number)
}
