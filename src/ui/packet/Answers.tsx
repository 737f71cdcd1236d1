import { ArrowRight, Check, CircleDashed, CircleHelp, Split, X } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Answer, PacketTrace } from '../../model/packetTrace.ts'
import { YamlLink } from '../inspector/Links.tsx'
import { ANSWER_WORDS } from './answerWords.ts'
import { Reasons } from './Reasons.tsx'
import { Words } from './Words.tsx'
import styles from './Answers.module.css'

const ICONS: Readonly<Record<Answer, typeof Check>> = {
  allowed: Check,
  blocked: X,
  undefined: CircleDashed,
  unknown: CircleHelp,
}

interface Props {
  readonly trace: PacketTrace
  /** `azure-npm enforces` */
  readonly dataplaneName: string
  /** What the data plane answered before the newest edit, where that was another answer. */
  readonly was?: Answer | undefined
  /** Where the deviations are told elsewhere. */
  readonly brief?: boolean
  /** What can be done about it, before the reasons, which may be many. */
  readonly children?: ReactNode
}

/** The two looks at one packet, why each says so, and why they differ. */
export function Answers({ trace, dataplaneName, was, brief = false, children }: Props) {
  const { kubernetes, dataplane, summary, deviations, notes } = trace
  // In the explanation of a flow it stands below the packet’s own heading.
  const Heading = brief ? 'h4' : 'h3'
  return (
    <div className={styles.answers}>
      <div className={styles.looks}>
        {kubernetes !== undefined && <Look title="Kubernetes promises" answer={kubernetes.answer} />}
        <Look title={dataplaneName} answer={dataplane.answer} was={was} />
      </div>
      {summary !== undefined && <p className={styles.summary}>{summary}</p>}
      {deviations.length > 0 && !brief && (
        <div className={styles.differ}>
          <strong>
            <Split size={14} aria-hidden /> Why the two differ
            {deviations.length > 1 && ': one or more of these'}
          </strong>
          {deviations.map((deviation, i) => (
            <p key={i}>
              <code className={styles.id}>{deviation.id}</code> <b>{deviation.name}.</b>{' '}
              <Words text={deviation.message} />{' '}
              <YamlLink origin={deviation.origin}>
                {deviation.origin.path === '' ? deviation.policy : deviation.origin.path}
              </YamlLink>
            </p>
          ))}
        </div>
      )}
      {children}
      {kubernetes !== undefined && kubernetes.reasons.length > 0 && (
        <section className={styles.why}>
          <Heading>Why Kubernetes says so</Heading>
          <Reasons reasons={kubernetes.reasons} />
        </section>
      )}
      {dataplane.reasons.length > 0 && (
        <section className={styles.why}>
          <Heading>Why the rules do so</Heading>
          <Reasons reasons={dataplane.reasons} />
        </section>
      )}
      {notes.length > 0 && (
        <ul className={styles.notes} aria-label="Notes">
          {notes.map(note => (
            <li key={note}>
              <Words text={note} />
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

interface LookProps {
  readonly title: string
  readonly answer: Answer
  readonly was?: Answer | undefined
}

function Look({ title, answer, was }: LookProps) {
  const Icon = ICONS[answer]
  return (
    <div className={styles.look} data-answer={answer}>
      <span>{title}</span>
      <strong>
        <Icon size={15} aria-hidden />
        {ANSWER_WORDS[answer]}
      </strong>
      {was !== undefined && was !== answer && (
        <span className={styles.was}>
          was {ANSWER_WORDS[was].toLowerCase()} <ArrowRight size={11} aria-label="now" />{' '}
          {ANSWER_WORDS[answer].toLowerCase()}
        </span>
      )}
    </div>
  )
}
