import { Footprints } from 'lucide-react'
import type { PacketQuestion } from '../../model/packetTrace.ts'
import type { Analysis } from '../../model/protocol.ts'
import { appStore } from '../../store/appStore.ts'
import { Answers } from './Answers.tsx'
import { ChangeFlow } from './ChangeFlow.tsx'
import { usePacketAnswer } from './usePacketAnswer.ts'
import styles from './ExplainedPacket.module.css'

interface Props {
  readonly analysis: Analysis
  readonly question: PacketQuestion
}

/** One packet of a flow: both answers, why, and how to change them. */
export function ExplainedPacket({ analysis, question }: Props) {
  const answered = usePacketAnswer(question)
  const answer = answered?.answer
  if (answer === undefined) return null
  if (!answer.ok) return <p className={styles.problem}>{answer.error.message}</p>
  const trace = answer.value
  return (
    <section className={styles.packet} aria-label={`A packet: ${trace.packet.label}`}>
      <header>
        <h3>{trace.packet.label}</h3>
        <button type="button" onClick={() => follow(question)}>
          <Footprints size={13} aria-hidden /> Follow this packet
        </button>
      </header>
      <Answers trace={trace} dataplaneName="azure-npm enforces" brief>
        {/* Another answer closes what was open about the one before. */}
        <ChangeFlow key={trace.dataplane.answer} analysis={analysis} trace={trace} />
      </Answers>
    </section>
  )
}

/** Opens the packet’s pane with it. */
function follow(question: PacketQuestion): void {
  const { askPacket, setView } = appStore.getState()
  askPacket(question)
  setView({ inspectorTab: 'packet', pane: 'inspector' })
}
