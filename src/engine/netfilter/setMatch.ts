import type { Match, SetDimension } from '../../model/ruleset.ts'

/** What a match asks of a set. */
export interface SetMatch {
  readonly set: string
  readonly dimensions: readonly SetDimension[]
  readonly inverted: boolean
  /** `--return-nomatch`: elements with the flag are what is looked for. */
  readonly returnNomatch: boolean
  /** It asks for the element's counters too (`--packets-gt`), which nobody knows. */
  readonly counters: boolean
}

/** The set match in the model's own form, or read from the words of the set module with more options. */
export function setMatchOf(match: Match): SetMatch | undefined {
  if (match.kind === 'set') {
    const { set, dimensions, inverted } = match
    return { set, dimensions, inverted, returnNomatch: false, counters: false }
  }
  if (match.kind !== 'other' || match.module !== 'set') return undefined
  const { args } = match
  const at = args.findIndex(word => word === '--match-set' || word === '--set')
  const dimensions = (args[at + 2] ?? '').split(',').filter(word => word === 'src' || word === 'dst')
  if (at < 0 || dimensions.length === 0) return undefined
  return {
    set: args[at + 1] ?? '',
    dimensions,
    inverted: args[at - 1] === '!',
    returnNomatch: args.includes('--return-nomatch'),
    counters: args.some(word => /^--(?:packets|bytes)-/.test(word)),
  }
}
