/** A word as a POSIX shell reads it back. A leading dash would be an option. */
export function shellWord(word: string): string {
  const path = word.startsWith('-') ? `./${word}` : word
  return /^[\w./:@%+=,-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`
}
