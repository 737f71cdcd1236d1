/** What stands behind a row's columns, as words of a rule. */
export interface Taken {
  readonly words: readonly string[]
  /** Where the text goes on. */
  readonly end: number
}

/** At the start of what is left: words, or undefined where it is something else. */
export type Reader = (text: string) => Taken | undefined

/** A module whose text is one pattern. */
export function pattern(
  source: string,
  wordsOf: (groups: readonly (string | undefined)[]) => readonly string[] | undefined,
): Reader {
  const regex = new RegExp(`^(?:${source})(?= |$)`)
  return text => {
    const found = regex.exec(text)
    const words = found === null ? undefined : wordsOf(found)
    return found === null || words === undefined ? undefined : { words, end: found[0].length }
  }
}

export const not = (sign: string | undefined): readonly string[] =>
  sign === undefined || sign === '' ? [] : ['!']
