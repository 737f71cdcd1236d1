import { useEffect, useState } from 'react'
import { FileInput } from 'lucide-react'
import { openFiles } from '../readFiles.ts'
import styles from './DropZone.module.css'

function holdsFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') === true
}

/** Files may be dropped anywhere in the window. Capturing keeps the editor from taking them as text. */
export function DropZone() {
  const [over, setOver] = useState(false)
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
    return () => {
      window.removeEventListener('dragover', onDragOver, true)
      window.removeEventListener('dragleave', onDragLeave, true)
      window.removeEventListener('drop', onDrop, true)
    }
  }, [])
  if (!over) return null
  return (
    <div className={styles.zone}>
      <p>
        <FileInput size={20} aria-hidden />
        Drop YAML or JSON: each file becomes a tab
      </p>
    </div>
  )
}
