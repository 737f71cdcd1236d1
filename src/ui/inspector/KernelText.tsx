import type { KernelName } from '../../store/kernelNames.ts'
import styles from './PrintedText.module.css'

/** A word of the line; `name` when the kernel knows it by that name. */
interface Word {
  readonly text: string
  readonly name?: KernelName
}

/** Cuts at blanks and looks each word up as it stands (less the `:` that iptables-save puts before a chain). */
export function wordsOf(text: string, names: ReadonlyMap<string, KernelName>): readonly Word[] {
  const words: Word[] = []
  let plain = ''
  for (const part of text.split(/(\s+)/)) {
    const bare = part.startsWith(':') ? part.slice(1) : part
    const name = names.get(bare)
    if (name === undefined) plain += part
    else {
      if (bare !== part) plain += ':'
      if (plain !== '') words.push({ text: plain })
      plain = ''
      words.push({ text: bare, name })
    }
  }
  if (plain !== '') words.push({ text: plain })
  return words
}

interface Props {
  readonly text: string
  readonly names: ReadonlyMap<string, KernelName>
}

/**
 * A text of the kernel's with its names marked. The readable name follows the kernel's, drawn by the style sheet:
 * selecting and copying gives the exact text.
 */
export function KernelText({ text, names }: Props) {
  return wordsOf(text, names).map((word, i) =>
    word.name === undefined ? (
      word.text
    ) : (
      <span
        key={i}
        className={word.name.kind === 'set' ? styles.set : styles.chain}
        title={[word.name.readable, word.name.sentence].filter(part => part !== '').join(': ')}
        {...(word.name.kind === 'set' &&
          word.name.readable !== '' && { 'data-readable': word.name.readable })}
      >
        {word.text}
      </span>
    ),
  )
}
