import { useRef, useState, type KeyboardEvent } from 'react'
import { FileX, ListChecks, Plus, Server, X } from 'lucide-react'
import { appStore } from '../../store/appStore.ts'
import { FILE_KIND_NAMES, fileKindOf, type FileKind } from '../../store/fileKind.ts'
import { shortcutOf } from '../actions.ts'
import { useAppStore } from '../useApp.ts'
import { IconButton } from '../widgets/IconButton.tsx'
import { useCutStrip } from '../widgets/useCutStrip.ts'
import styles from './FileTabs.module.css'

/** Manifests are the usual, and bear none. */
const KIND_ICONS: Readonly<Record<FileKind, typeof Server | undefined>> = {
  manifests: undefined,
  expectations: ListChecks,
  iptables: Server,
  ipset: Server,
  both: Server,
  ip6tables: FileX,
  nft: FileX,
  'ipset-markup': FileX,
}

/** One tab a file. Double click or F2 renames, Delete closes. */
export function FileTabs() {
  const files = useAppStore(state => state.scenario.files)
  const active = useAppStore(state => state.activeFile)
  const diagnostics = useAppStore(state => state.result?.analysis.diagnostics)
  const [renaming, setRenaming] = useState<{ readonly file: string; readonly draft: string } | undefined>()

  const list = useRef<HTMLDivElement>(null)
  const cut = useCutStrip(list, active)

  const finish = (keep: boolean): void => {
    if (renaming !== undefined && keep) appStore.getState().renameFile(renaming.file, renaming.draft)
    setRenaming(undefined)
  }

  const onKeyDown = (event: KeyboardEvent, name: string): void => {
    const at = files.findIndex(file => file.name === name)
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (step !== undefined) {
      const to = (at + step + files.length) % files.length
      const next = files[to]
      if (next === undefined) return
      appStore.getState().openFile(next.name)
      const list = event.currentTarget.closest('[role="tablist"]')
      const tabs = list?.querySelectorAll<HTMLElement>('[role="tab"]')
      tabs?.[to]?.focus()
    } else if (event.key === 'F2') setRenaming({ file: name, draft: name })
    else if (event.key === 'Delete') appStore.getState().removeFile(name)
    else return
    event.preventDefault()
  }

  return (
    <div className={styles.bar}>
      <div
        ref={list}
        className={styles.tabs}
        role="tablist"
        aria-label="Files"
        data-cut-start={cut.start || undefined}
        data-cut-end={cut.end || undefined}
      >
        {files.map(file => {
          const { name } = file
          const kind = fileKindOf(file)
          const Icon = KIND_ICONS[kind]
          const about = Icon === undefined ? undefined : FILE_KIND_NAMES[kind]
          const errors = diagnostics?.filter(d => d.file === name && d.severity === 'error').length ?? 0
          return (
            <div key={name} className={styles.tab} data-active={name === active} role="presentation">
              {renaming?.file === name ? (
                <input
                  autoFocus
                  aria-label={`New name of ${name}`}
                  value={renaming.draft}
                  onFocus={event => event.target.setSelectionRange(0, name.lastIndexOf('.'))}
                  onChange={event => setRenaming({ file: name, draft: event.target.value })}
                  onBlur={() => finish(true)}
                  onKeyDown={event => {
                    if (event.key === 'Enter') finish(true)
                    if (event.key === 'Escape') finish(false)
                    event.stopPropagation()
                  }}
                />
              ) : (
                <button
                  type="button"
                  role="tab"
                  aria-selected={name === active}
                  aria-controls="policy-text"
                  tabIndex={name === active ? 0 : -1}
                  title={`${about === undefined ? name : `${name}, ${about}`}: double click or F2 renames, Delete closes`}
                  onClick={() => appStore.getState().openFile(name)}
                  onDoubleClick={() => setRenaming({ file: name, draft: name })}
                  onKeyDown={event => onKeyDown(event, name)}
                >
                  {Icon !== undefined && <Icon size={13} aria-hidden className={styles.kind} />}
                  {name}
                  {about !== undefined && <span className="visually-hidden">{about}</span>}
                  {errors > 0 && <span className={styles.errors} title={`${errors} errors`} />}
                </button>
              )}
            </div>
          )
        })}
      </div>
      {files.length > 1 && (
        <IconButton
          label={`Close ${active}`}
          shortcut={shortcutOf('close-file')}
          onClick={() => appStore.getState().removeFile(active)}
        >
          <X size={14} />
        </IconButton>
      )}
      <IconButton
        label="New file"
        shortcut={shortcutOf('new-file')}
        onClick={() => appStore.getState().addFile()}
      >
        <Plus size={15} />
      </IconButton>
    </div>
  )
}
