import { hexMark } from '../analysis/packet/traceWords.ts'
import type { Origin } from '../model/origin.ts'
import type { TestedMatch, WalkedRule } from '../model/packetTrace.ts'
import { placeText, type Place } from './places.ts'

const SIGNS: Readonly<Record<TestedMatch['outcome'], string>> = { holds: '✓', fails: '✗', unknown: '?' }

/** A walk as text: a rule, what of it was tested, what it did; deeper chains further in. */
export function walkText(
  steps: readonly WalkedRule[],
  placeOf: (origin: Origin) => Place | undefined,
): string {
  return steps
    .map((step, i) => {
      const previous = steps[i - 1]
      const entered = previous?.table !== step.table || previous.chain !== step.chain
      const indent = '  '.repeat(step.depth)
      const head = entered ? `${indent}${step.chain}${tableWords(step, previous)}\n` : ''
      return (
        head +
        stepLines(step, placeOf)
          .map(line => `${indent}  ${line}\n`)
          .join('')
      )
    })
    .join('')
}

function tableWords({ table }: WalkedRule, previous: WalkedRule | undefined): string {
  return previous?.table === table ? '' : ` (table ${table})`
}

function stepLines(step: WalkedRule, placeOf: (origin: Origin) => Place | undefined): readonly string[] {
  const { number, text, matches, matched, action, markBefore, markAfter, origin, chain } = step
  const width = `${number}`.length + 1
  const pad = ' '.repeat(width)
  const place = origin === undefined ? undefined : placeOf(origin)
  const tested = matches.map(match => `${pad}${SIGNS[match.outcome]} ${match.text}: ${match.detail}`)
  const marks = markBefore === markAfter ? '' : `, mark ${hexMark(markBefore)} → ${hexMark(markAfter)}`
  return [
    `${number} ${text.slice(`-A ${chain} `.length)}`,
    ...(origin === undefined
      ? []
      : [
          `${pad}from ${place === undefined ? '' : `${placeText(place)} `}${origin.resource} ${origin.path}`.trimEnd(),
        ]),
    ...tested,
    `${pad}${matched ? `→ ${action}${marks}` : '· does not match'}`,
  ]
}

/** One rule of a walk for programs. */
export function walkObject(
  { table, chain, number, depth, text, matched, matches, action, markBefore, markAfter, origin }: WalkedRule,
  placeOf: (origin: Origin) => Place | undefined,
): unknown {
  return {
    table,
    chain,
    rule: number,
    depth,
    text,
    matched,
    matches,
    action,
    markBefore: hexMark(markBefore),
    markAfter: hexMark(markAfter),
    ...(origin === undefined ? {} : { origin: { ...origin, ...placeOf(origin) } }),
  }
}
