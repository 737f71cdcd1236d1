import { Lexer } from 'yaml'
import type { TextRange } from '../model/origin.ts'

/** What the lexer sends ahead of every plain or block scalar, whose text may begin with a number sign. */
const SCALAR_FOLLOWS = '\x1f'
/** What it sends ahead of a document and at the end of flow input: no text of the source. */
const MARKS = new Set(['\x02', '\x18', SCALAR_FOLLOWS])

/** Where the comments of a YAML text stand, from their number sign to the end of their line. */
export function yamlComments(text: string): readonly TextRange[] {
  const found: TextRange[] = []
  let at = 0
  let before = ''
  for (const token of new Lexer().lex(text)) {
    if (token.startsWith('#') && before !== SCALAR_FOLLOWS) {
      const length = token.trimEnd().length
      found.push({ start: at, end: at + length })
    }
    if (!MARKS.has(token)) at += token.length
    before = token
  }
  return found
}
