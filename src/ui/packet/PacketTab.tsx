import { useEffect, useMemo, useRef } from 'react'
import type { PacketQuestion, PacketTrace } from '../../model/packetTrace.ts'
import type { Analysis } from '../../model/protocol.ts'
import { appStore } from '../../store/appStore.ts'
import type { KernelName } from '../../store/kernelNames.ts'
import { hasDump, nodeReportOf } from '../../store/node.ts'
import { dumpNames } from '../../store/nodeNames.ts'
import { pastMoment } from '../../store/timeline.ts'
import { useAppStore } from '../useApp.ts'
import { Answers } from './Answers.tsx'
import { spokenAnswers } from './answerWords.ts'
import { ChangeFlow } from './ChangeFlow.tsx'
import { isWholeEnd, trafficSuggestions } from './fieldSuggestions.ts'
import { PacketActions } from './PacketActions.tsx'
import { PacketForm } from './PacketForm.tsx'
import { scrollWithin } from './scrollWithin.ts'
import { Walk } from './Walk.tsx'
import styles from './PacketTab.module.css'

interface Props {
  readonly analysis: Analysis
  readonly names: ReadonlyMap<string, KernelName>
}

/** Another packet, or another answer, closes what was open about the one before. */
function changeKey({ packet, dataplane }: PacketTrace): string {
  return [packet.src.name, packet.dst.name, packet.label, dataplane.answer].join('\n')
}

/** What is still to be said before a packet can be followed. */
function missingWords({ from, to, traffic }: PacketQuestion): string {
  if (from === '' && to === '')
    return 'Say who sends what to whom: click two boxes or a line of the graph, or type a part of a pod’s name, an address, a block.'
  if (from === '') return 'Say who sends it: click a box of the graph, or type into “From”.'
  if (to === '') return 'Say who it is for: click a box of the graph, or type into “To”.'
  return traffic === '' ? 'Say what it carries, such as 80/TCP, 53/UDP or ICMP.' : ''
}

/** One packet: who sends it, what becomes of it, why, and its way through the rules. */
export function PacketTab({ analysis, names }: Props) {
  const packet = useAppStore(state => state.packet)
  const answered = useAppStore(state => state.packetAnswer)
  const hasNode = useAppStore(hasDump)
  const report = useAppStore(nodeReportOf)
  const isPast = useAppStore(state => pastMoment(state) !== undefined)

  useEffect(() => {
    const { packet: known, followPacket } = appStore.getState()
    if (known.from === '' && known.to === '') followPacket()
  }, [])
  /** The destination that a port was proposed for: once each, so that a field emptied by hand stays empty. */
  const proposed = useRef('')
  useEffect(() => {
    const { packet: known, askPacket } = appStore.getState()
    if (proposed.current === packet.to || !isWholeEnd(analysis, packet.to)) return
    proposed.current = packet.to
    const first = trafficSuggestions(analysis, packet.to)[0]
    if (known.traffic === '' && first !== undefined) askPacket({ traffic: first.value })
  }, [analysis, packet.to])

  const isAsked = packet.from !== '' && packet.to !== '' && packet.traffic !== ''
  const answer = isAsked ? answered?.answer : undefined
  const isCurrent = answered?.question === packet
  const trace = answer?.ok === true ? answer.value : undefined
  const problem = isCurrent && answer?.ok === false ? answer.error : undefined
  const isNode = answered?.question.rules === 'node'
  const dataplaneName = isNode ? 'The node does' : 'azure-npm enforces'
  const nodeNames = useMemo(() => dumpNames(analysis.ruleset, report), [analysis, report])

  const was = answered?.was
  const answers = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // An edit has turned the verdict: let it be seen.
    if (was !== undefined && answers.current !== null) scrollWithin(answers.current)
  }, [was])

  return (
    <div className={styles.tab} tabIndex={0} role="group" aria-label="Packet">
      <PacketForm analysis={analysis} problem={problem} hasNode={hasNode} />
      {isPast && <p className={styles.hint}>The packet is followed through the rules as they are now.</p>}
      <p className="visually-hidden" role="status">
        {trace === undefined ? '' : spokenAnswers(trace, dataplaneName)}
      </p>
      {trace === undefined ? (
        !isAsked && (
          <div className={styles.hint}>
            <p>{missingWords(packet)}</p>
            <p>
              You get what Kubernetes promises, what the node’s rules really do, and every rule that the
              packet meets on its way.
            </p>
          </div>
        )
      ) : (
        <div className={styles.answer} data-stale={!isCurrent || undefined}>
          <div ref={answers}>
            <Answers trace={trace} dataplaneName={dataplaneName} was={was}>
              {!isNode && <ChangeFlow key={changeKey(trace)} analysis={analysis} trace={trace} />}
              {answered !== undefined && <PacketActions answered={answered} trace={trace} />}
            </Answers>
          </div>
          <Walk trace={trace} isShown={!isNode} names={isNode ? nodeNames : names} />
        </div>
      )}
    </div>
  )
}
