/** A key, as a handler knows it and as the page shows it. */
export interface Shortcut {
  /** `KeyboardEvent.code`, or `key` for a character that layouts put elsewhere. */
  readonly code?: string
  readonly key?: string
  /** Ctrl, or Command on a Mac. */
  readonly mod?: boolean
  readonly alt?: boolean
  readonly shift?: boolean
  readonly label: string
}

const MAC = typeof navigator !== 'undefined' && /Mac|iP(?:hone|ad)/.test(navigator.userAgent)

export function alt(letter: string, shift = false): Shortcut {
  const code = /\d/.test(letter) ? `Digit${letter}` : `Key${letter}`
  const label = MAC ? `⌥${shift ? '⇧' : ''}${letter}` : `Alt+${shift ? 'Shift+' : ''}${letter}`
  return { code, alt: true, shift, label }
}

export function mod(letter: string, shift = false): Shortcut {
  const label = MAC ? `${shift ? '⇧' : ''}⌘${letter}` : `Ctrl+${shift ? 'Shift+' : ''}${letter}`
  return { code: `Key${letter}`, mod: true, shift, label }
}

/** Whether the key is the one that was pressed. */
export function matchesShortcut(shortcut: Shortcut, event: KeyboardEvent): boolean {
  if (shortcut.key !== undefined)
    return event.key === shortcut.key && !event.ctrlKey && !event.metaKey && !event.altKey
  return (
    event.code === shortcut.code &&
    event.shiftKey === (shortcut.shift ?? false) &&
    event.altKey === (shortcut.alt ?? false) &&
    (event.ctrlKey || event.metaKey) === (shortcut.mod ?? false)
  )
}
