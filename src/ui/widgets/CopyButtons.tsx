import { useEffect, useState } from 'react'
import { Check, Copy, Download, X } from 'lucide-react'
import { copyText, downloadText } from '../clipboard.ts'
import { IconButton } from './IconButton.tsx'

interface Props {
  /** `iptables` → “Copy iptables”. */
  readonly what: string
  readonly fileName: string
  readonly text: () => string
}

/** Copy says what came of it, in the button and to screen readers. */
export function CopyButtons({ what, fileName, text }: Props) {
  const [outcome, setOutcome] = useState<'copied' | 'failed' | undefined>()
  useEffect(() => {
    if (outcome === undefined) return
    const timer = setTimeout(() => setOutcome(undefined), 2000)
    return () => clearTimeout(timer)
  }, [outcome])
  const icon = { copied: <Check size={15} />, failed: <X size={15} /> }
  return (
    <>
      <span className="visually-hidden" role="status">
        {outcome === 'copied' ? 'Copied' : outcome === 'failed' ? 'Copying failed' : ''}
      </span>
      <IconButton
        label={`Copy ${what}`}
        onClick={() => void copyText(text()).then(ok => setOutcome(ok ? 'copied' : 'failed'))}
      >
        {outcome === undefined ? <Copy size={15} /> : icon[outcome]}
      </IconButton>
      <IconButton label={`Download ${what}`} onClick={() => downloadText(fileName, text())}>
        <Download size={15} />
      </IconButton>
    </>
  )
}
