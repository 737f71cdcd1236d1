import { Pin, Split } from 'lucide-react'
import type { PacketTrace } from '../../model/packetTrace.ts'
import { appStore } from '../../store/appStore.ts'
import { expectPacket } from '../../store/expectations.ts'
import type { PacketAnswered } from '../../store/packet.ts'
import { CopyButton } from '../widgets/CopyButton.tsx'
import { traceCommand } from './traceCommand.ts'
import button from '../widgets/Button.module.css'

interface Props {
  readonly answered: PacketAnswered
  readonly trace: PacketTrace
}

/** What else to do with the packet that was answered. */
export function PacketActions({ answered: { question }, trace }: Props) {
  const { answer } = trace.dataplane
  const isNode = question.rules === 'node'
  return (
    <div className={button.row} role="group" aria-label="With this packet">
      <CopyButton
        title="The same question for the command line"
        text={() => traceCommand(question, appStore.getState().scenario)}
      >
        Copy as a command
      </CopyButton>
      {isNode && (
        <button
          type="button"
          className={button.small}
          onClick={() => appStore.getState().setView({ inspectorTab: 'node' })}
        >
          <Split size={13} aria-hidden /> Where the node differs
        </button>
      )}
      {!isNode &&
        (answer === 'allowed' || answer === 'blocked') &&
        question.state === 'NEW' &&
        trace.packet.ported && (
          <button
            type="button"
            className={button.small}
            title="Keep this as a test that every edit is held against"
            onClick={() => {
              const { draftExpectation, setView } = appStore.getState()
              draftExpectation(expectPacket(question, trace))
              setView({ inspectorTab: 'expectations' })
            }}
          >
            <Pin size={13} aria-hidden /> Expect this
          </button>
        )}
    </div>
  )
}
