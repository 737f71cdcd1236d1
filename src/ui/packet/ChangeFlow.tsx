import { LockKeyhole, LockKeyholeOpen } from 'lucide-react'
import { useId, useState } from 'react'
import type { PacketTrace } from '../../model/packetTrace.ts'
import type { Analysis } from '../../model/protocol.ts'
import type { SuggestionQuestion } from '../../model/suggestion.ts'
import { packetTraffic } from './samplePackets.ts'
import { SuggestedChange } from './SuggestedChange.tsx'
import { useSuggestions } from './useSuggestions.ts'
import styles from './ChangeFlow.module.css'

interface Props {
  readonly analysis: Analysis
  readonly trace: PacketTrace
}

/**
 * What would have to change for the packet to fare otherwise; `undefined` where the ends are none that policies know, and
 * for packets that open no connection, which policies do not judge.
 */
function questionOf({ packet, kubernetes, dataplane }: PacketTrace): SuggestionQuestion | undefined {
  const { src, dst } = packet
  if (src.endpoint === undefined || dst.endpoint === undefined || src.endpoint === dst.endpoint)
    return undefined
  if (packet.state !== 'NEW' || kubernetes === undefined || dataplane.answer === 'unknown') return undefined
  const want = dataplane.answer === 'blocked' ? 'allowed' : 'blocked'
  return { src: src.endpoint, dst: dst.endpoint, traffic: packetTraffic(packet), want }
}

/** The smallest edits that turn the verdict round, to look at and to apply. */
export function ChangeFlow({ analysis, trace }: Props) {
  const [isOpen, setOpen] = useState(false)
  const id = useId()
  const question = questionOf(trace)
  const suggested = useSuggestions(isOpen ? question : undefined)
  if (question === undefined) return null
  const allows = question.want === 'allowed'
  const Icon = allows ? LockKeyholeOpen : LockKeyhole
  return (
    <section className={styles.change} aria-label="The smallest change">
      <button
        type="button"
        className={styles.opener}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon size={14} aria-hidden />
        {allows ? 'Allow this' : 'Block this'}
        <span className={styles.hint}>the smallest change of the YAML</span>
      </button>
      <div id={id} hidden={!isOpen} className={styles.body}>
        {suggested === undefined ? (
          <p role="status">Looking for the smallest change …</p>
        ) : suggested.suggestions.length === 0 ? (
          <p role="status">{suggested.reason}</p>
        ) : (
          <ol className={styles.list} aria-label="Suggested changes">
            {suggested.suggestions.map((suggestion, i) => (
              <SuggestedChange
                key={`${suggested.revision} ${i}`}
                suggestion={suggestion}
                analysis={analysis}
                revision={suggested.revision}
                isFirst={i === 0}
              />
            ))}
          </ol>
        )}
      </div>
    </section>
  )
}
