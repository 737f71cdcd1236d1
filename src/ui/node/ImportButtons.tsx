import { ClipboardPaste, FolderOpen } from 'lucide-react'
import { appStore } from '../../store/appStore.ts'
import { shortcutOf } from '../actions.ts'
import { pickFiles } from '../readFiles.ts'
import button from '../widgets/Button.module.css'

/** The ways in beside dropping. */
export function ImportButtons() {
  return (
    <>
      <button
        type="button"
        className={button.small}
        title={`Import files (${shortcutOf('import') ?? ''}), or drop them anywhere`}
        onClick={pickFiles}
      >
        <FolderOpen size={13} aria-hidden />
        Import files
      </button>
      <button
        type="button"
        className={button.small}
        title={`Paste a dump (${shortcutOf('paste-dump') ?? ''})`}
        onClick={() => appStore.getState().setPastingDump(true)}
      >
        <ClipboardPaste size={13} aria-hidden />
        Paste …
      </button>
    </>
  )
}
