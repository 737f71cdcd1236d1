import styles from './NodeTab.module.css'

interface Props {
  readonly label: string
  readonly value: string
  readonly shown: number
  readonly all: number
  readonly onChange: (value: string) => void
}

/** Narrows a list; says how much of it is left. */
export function SearchField({ label, value, shown, all, onChange }: Props) {
  return (
    <div className={styles.search}>
      <input
        type="search"
        aria-label={label}
        placeholder={`${label} …`}
        value={value}
        spellCheck={false}
        onChange={event => onChange(event.target.value)}
      />
      <span role="status">
        {value === '' ? '' : `${shown.toLocaleString('en')} of ${all.toLocaleString('en')}`}
      </span>
    </div>
  )
}

/** Whether the text holds all words, in any case. */
export function holdsWords(text: string, words: string): boolean {
  const own = text.toLowerCase()
  return words
    .toLowerCase()
    .split(/\s+/)
    .every(word => own.includes(word))
}
