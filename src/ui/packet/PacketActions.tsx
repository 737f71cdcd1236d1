import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { PacketQuestion } from '../../model/packetTrace.ts'
import { appStore } from '../../store/appStore.ts'
import { copyText } from '../clipboard.ts'
import { traceCommand } from './traceCommand.ts'
import styles from './PacketActions.module.css'

/** What else to do with the packet that was answered. */
export function PacketActions({ question }: { readonly question: PacketQuestion }) {
  return (
    <div className={styles.actions} role="group" aria-label="With this packet">
      {question.rules === 'policies' && <CopyCommand question={question} />}
    </div>
  )
}

/** Milliseconds that the outcome stays. */
const SAID = 2000

function CopyCommand({ question }: { readonly question: PacketQuestion }) {
  const [outcome, setOutcome] = useState<'Copied' | 'Copying failed' | undefined>()
  useEffect(() => {
    if (outcome === undefined) return
    const timer = setTimeout(() => setOutcome(undefined), SAID)
    return () => clearTimeout(timer)
  }, [outcome])
  const command = (): string => traceCommand(question, appStore.getState().scenario)
  return (
    <button
      type="button"
      title={command()}
      onClick={() => void copyText(command()).then(ok => setOutcome(ok ? 'Copied' : 'Copying failed'))}
    >
      {outcome === 'Copied' ? <Check size={13} aria-hidden /> : <Copy size={13} aria-hidden />}
      <span role="status">{outcome ?? 'Copy as a command'}</span>
    </button>
  )
}
