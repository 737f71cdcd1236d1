import { Check, CircleHelp, CornerDownRight, Flag, ShieldX, ShieldCheck, Tag, Undo2, X } from 'lucide-react'
import type { Answer, TestedMatch, WalkedRule } from '../../model/packetTrace.ts'
import { appStore } from '../../store/appStore.ts'
import { hoverStore } from '../../store/hoverStore.ts'
import type { KernelName } from '../../store/kernelNames.ts'
import { KernelText } from '../inspector/KernelText.tsx'
import { SelectionLink, YamlLink } from '../inspector/Links.tsx'
import { PlaceLink } from '../node/PlaceLink.tsx'
import { capitalised } from './capitalised.ts'
import { isMiss } from './walkRows.ts'
import { Words } from './Words.tsx'
import styles from './Walk.module.css'

interface Props {
  readonly step: WalkedRule
  /** Index of its row on screen. */
  readonly row: number
  readonly onGo: () => void
  readonly names: ReadonlyMap<string, KernelName>
  readonly isCurrent: boolean
  readonly isStop: boolean
  /** Whether the rules are those that the other panes show. */
  readonly isShown: boolean
  /** The answer that this rule gives, if it is the one that decides. */
  readonly decides: Answer | undefined
}

const OUTCOMES: Readonly<
  Record<TestedMatch['outcome'], { readonly Icon: typeof Check; readonly word: string }>
> = {
  holds: { Icon: Check, word: 'holds' },
  fails: { Icon: X, word: 'does not hold' },
  unknown: { Icon: CircleHelp, word: 'unknown' },
}

/** One rule: what it asks for and whether that holds, what it does, and, for the step one is at, its text. */
export function WalkedStep({ step, row, onGo, names, isCurrent, isStop, isShown, decides }: Props) {
  const { chain, number, matched, matches, action, markBefore, markAfter, origin, place } = step
  const target = isShown ? ({ kind: 'rule', chain, number } as const) : undefined
  return (
    <div
      className={styles.step}
      data-matched={matched}
      data-current={isCurrent || undefined}
      data-decides={decides}
      onPointerEnter={() => hoverStore.getState().hover(target)}
      onPointerLeave={() => hoverStore.getState().hover(undefined)}
    >
      <button
        type="button"
        className={styles.head}
        data-row={row}
        tabIndex={isStop ? 0 : -1}
        aria-current={isCurrent ? 'step' : undefined}
        onClick={onGo}
      >
        <span className={styles.number}>
          <span className="visually-hidden">rule </span>
          {number}
        </span>
        <span className={styles.action}>
          {matched ? (
            <>
              <ActionIcon step={step} decides={decides} />
              {capitalised(action)}
            </>
          ) : (
            <span className={styles.faint}>
              {isMiss(step)
                ? 'does not match: goes on with the next rule'
                : 'may match or not: nobody can tell'}
            </span>
          )}
        </span>
        {decides !== undefined && (
          <span className={styles.decides}>
            <Flag size={11} aria-hidden /> decides
          </span>
        )}
      </button>
      {matches.length > 0 && (
        <ul className={styles.matches}>
          {matches.map((match, i) => (
            <Tested key={i} match={match} whole={isCurrent || !matched || decides !== undefined} />
          ))}
        </ul>
      )}
      {matched && matches.length === 0 && <p className={styles.every}>every packet that comes here</p>}
      {markBefore !== markAfter && (
        <p className={styles.mark}>
          <Tag size={11} aria-hidden /> mark <code>{hex(markBefore)}</code> → <code>{hex(markAfter)}</code>
        </p>
      )}
      {isCurrent && (
        <div className={styles.source}>
          <pre>
            <KernelText text={step.text} names={names} />
          </pre>
          <p>
            {origin !== undefined && (
              <YamlLink origin={origin}>{origin.path === '' ? origin.resource : origin.path}</YamlLink>
            )}
            {place !== undefined && <PlaceLink place={place} />}
            {target !== undefined && (
              <SelectionLink
                target={target}
                onFollow={() => {
                  onGo()
                  appStore.getState().setView({ inspectorTab: 'iptables', chainFilter: '' })
                }}
              >
                Show in iptables
              </SelectionLink>
            )}
          </p>
        </div>
      )}
    </div>
  )
}

function ActionIcon({ step, decides }: { readonly step: WalkedRule; readonly decides: Answer | undefined }) {
  if (decides === 'blocked') return <ShieldX size={14} aria-hidden />
  if (decides === 'allowed') return <ShieldCheck size={14} aria-hidden />
  if (step.markBefore !== step.markAfter) return <Tag size={13} aria-hidden />
  return step.action.startsWith('return') ? (
    <Undo2 size={13} aria-hidden />
  ) : (
    <CornerDownRight size={13} aria-hidden />
  )
}

function Tested({ match, whole }: { readonly match: TestedMatch; readonly whole: boolean }) {
  const { Icon, word } = OUTCOMES[match.outcome]
  return (
    <li data-outcome={match.outcome}>
      <Icon size={12} aria-label={word} />
      <span>
        <Words text={match.text} />
        {whole && match.detail !== '' && (
          <span className={styles.detail}>
            {' '}
            – <Words text={match.detail} />
          </span>
        )}
      </span>
    </li>
  )
}

function hex(mark: number): string {
  return `0x${mark.toString(16)}`
}
