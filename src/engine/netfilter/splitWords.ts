/**
 * Cuts a rule line into words as `iptables-restore` does: blanks part words, double quotes group, a backslash
 * escapes only inside quotes, a closing quote ends the word, and `""` is an empty word. Single quotes are plain
 * characters. An unclosed quote gives undefined. For ipset, which knows no escapes, a backslash is one of them.
 */
export function splitWords(line: string, escapes = true): readonly string[] | undefined {
  const words: string[] = []
  let word = ''
  let quoted = false
  let escaped = false
  for (const char of line) {
    if (quoted) {
      if (escaped) {
        word += char
        escaped = false
      } else if (char === '\\' && escapes) {
        escaped = true
      } else if (char === '"') {
        quoted = false
        words.push(word)
        word = ''
      } else {
        word += char
      }
    } else if (char === '"') {
      quoted = true
    } else if (char === ' ' || char === '\t') {
      if (word !== '') words.push(word)
      word = ''
    } else {
      word += char
    }
  }
  if (quoted) return undefined
  if (word !== '') words.push(word)
  return words
}

/** A word as `iptables-save` writes it: quoted unless it is made of letters, digits, `_` and `-` alone. */
export function quoteWord(word: string): string {
  if (/^[A-Za-z0-9_-]+$/.test(word)) return word
  return `"${word.replace(/["'\\]/g, char => `\\${char}`)}"`
}
