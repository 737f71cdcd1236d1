import {
  formatSelector,
  labelValue,
  matchesRequirement,
  type Labels,
  type LabelSelector,
  type LabelSelectorRequirement,
} from '../../model/labels.ts'
import { labelPath } from '../../model/origin.ts'

/** A requirement of a selector that labels do not meet, in words, with the field it stands in. */
export interface SelectorMiss {
  /** `spec.podSelector.matchLabels['tier']`, `spec.podSelector.matchExpressions[0]` */
  readonly path: string
  /** `` `tier` is `web`, wanted `api` `` */
  readonly text: string
}

/** Names and values in sentences. */
export function code(text: string): string {
  return `\`${text}\``
}

/** Every requirement that the labels do not meet, in the order of matchLabels and matchExpressions. */
export function selectorMisses(
  labels: Labels,
  { matchLabels = {}, matchExpressions = [] }: LabelSelector,
  path: string,
): readonly SelectorMiss[] {
  const ofLabels = Object.entries(matchLabels).flatMap(([key, wanted]) => {
    const value = labelValue(labels, key)
    return value === wanted
      ? []
      : [
          {
            path: labelPath(`${path}.matchLabels`, key),
            text: `${valueWords(key, value)}, wanted ${code(wanted)}`,
          },
        ]
  })
  const ofExpressions = matchExpressions.flatMap((requirement, i) =>
    matchesRequirement(labels, requirement)
      ? []
      : [
          {
            path: `${path}.matchExpressions[${i}]`,
            text: `${valueWords(requirement.key, labelValue(labels, requirement.key))}, wanted ${wantedWords(requirement)}`,
          },
        ],
  )
  return [...ofLabels, ...ofExpressions]
}

function valueWords(key: string, value: string | undefined): string {
  return value === undefined ? `label ${code(key)} is missing` : `${code(key)} is ${code(value)}`
}

function wantedWords({ operator, values = [] }: LabelSelectorRequirement): string {
  const listed = values.map(code).join(', ')
  switch (operator) {
    case 'In':
      return values.length === 1 ? listed : `one of ${listed === '' ? 'no value at all' : listed}`
    case 'NotIn':
      return `anything but ${listed}`
    case 'Exists':
      return 'any value'
    case 'DoesNotExist':
      return 'no such label'
    default:
      return `${String(operator)}, which nothing meets`
  }
}

/** ``pods with `app=web` ``, `all pods` */
export function selectedWords(what: string, selector: LabelSelector): string {
  const text = formatSelector(selector)
  return text === '<all>' ? `all ${what}` : `${what} with ${code(text)}`
}
