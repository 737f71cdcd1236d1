import { lazy, Suspense, useEffect, useState } from 'react'
import { FileInput } from 'lucide-react'
import { handlePaste } from '../node/dumpPaste.ts'
import { openFiles } from '../readFiles.ts'
import { useAppStore } from '../useApp.ts'
import styles from './DropZone.module.css'

const PasteDump = lazy(async () => ({ default: (await import('../node/PasteDump.tsx')).PasteDump }))

function holdsFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') === true
}

/**
 * Files may be dropped, and dumps of a node pasted, anywhere in the window. Capturing keeps the editor from taking them
 * as text.
 */
export function DropZone() {
  const [over, setOver] = useState(false)
  const pasting = useAppStore(state => state.pastingDump)
  useEffect(() => {
    const onDragOver = (event: DragEvent): void => {
      if (!holdsFiles(event)) return
      event.preventDefault()
      event.stopPropagation()
      setOver(true)
    }
    const onDragLeave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false)
    }
    const onDrop = (event: DragEvent): void => {
      if (!holdsFiles(event)) return
      event.preventDefault()
      event.stopPropagation()
      setOver(false)
      void openFiles([...(event.dataTransfer?.files ?? [])])
    }
    window.addEventListener('dragover', onDragOver, true)
    window.addEventListener('dragleave', onDragLeave, true)
    window.addEventListener('drop', onDrop, true)
    window.addEventListener('paste', handlePaste, true)
    return () => {
      window.removeEventListener('dragover', onDragOver, true)
      window.removeEventListener('dragleave', onDragLeave, true)
      window.removeEventListener('drop', onDrop, true)
      window.removeEventListener('paste', handlePaste, true)
    }
  }, [])
  return (
    <>
      {over && (
        <div className={styles.zone}>
          <p>
            <FileInput size={20} aria-hidden />
            Drop YAML, JSON, or a node’s iptables and ipset output: each file becomes a tab
          </p>
        </div>
      )}
      {pasting && (
        <Suspense>
          <PasteDump />
        </Suspense>
      )}
    </>
  )
}
