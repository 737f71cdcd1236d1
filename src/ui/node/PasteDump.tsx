import { useEffect, useRef, useState } from 'react'
import { appStore } from '../../store/appStore.ts'
import { fileKindOf, isDump } from '../../store/fileKind.ts'
import { describeDump } from '../../store/nodeFiles.ts'
import { addPastedDump } from './dumpPaste.ts'
import { Recipes } from './Recipes.tsx'
import styles from './PasteDump.module.css'

/** The dialog for pasting a dump; says at once what it was recognised as. */
export function PasteDump() {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-labelledby="paste-dump-title"
      onClose={() => appStore.getState().setPastingDump(false)}
      onClick={event => {
        if (event.target === event.currentTarget) event.currentTarget.close()
      }}
    >
      <PasteForm onClose={() => dialog.current?.close()} />
    </dialog>
  )
}

function PasteForm({ onClose }: { readonly onClose: () => void }) {
  const [text, setText] = useState('')
  const file = { name: 'the text', text }
  const known = text.trim() !== '' && isDump(file)
  return (
    <form
      className={styles.form}
      onSubmit={event => {
        event.preventDefault()
        if (addPastedDump(text)) onClose()
      }}
    >
      <h2 id="paste-dump-title">Import a node’s rules</h2>
      <label htmlFor="paste-dump-text">
        The output of iptables-save, iptables -nvL, ipset save or ipset list, of one node. Dropping the files
        onto the page does the same.
      </label>
      <textarea
        id="paste-dump-text"
        value={text}
        autoFocus
        spellCheck={false}
        autoCapitalize="off"
        wrap="off"
        placeholder={'*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n…'}
        aria-describedby="paste-dump-said"
        onChange={event => setText(event.target.value)}
      />
      <p id="paste-dump-said" role="status" data-known={known}>
        {text.trim() === ''
          ? ' '
          : known
            ? describeDump({ ...file })
            : fileKindOf(file) === 'expectations'
              ? 'These are expectations: add them as a file.'
              : 'This is not recognised as the output of one of these tools.'}
      </p>
      <details className={styles.recipes}>
        <summary>The commands that make it</summary>
        <Recipes />
      </details>
      <p className={styles.ways}>
        <button type="button" className={styles.button} onClick={onClose}>
          Cancel
        </button>
        <button type="submit" className={styles.primary} disabled={!known}>
          Add
        </button>
      </p>
    </form>
  )
}
