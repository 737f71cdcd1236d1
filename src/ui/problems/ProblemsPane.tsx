import { useMemo } from 'react'
import {
  ChevronDown,
  ChevronUp,
  CircleCheck,
  CircleX,
  Info,
  OctagonAlert,
  Split,
  TriangleAlert,
} from 'lucide-react'
import { shownMessage } from '../../model/diagnostic.ts'
import { appStore } from '../../store/appStore.ts'
import { shortcutOf } from '../actions.ts'
import { useAppStore } from '../useApp.ts'
import { lineOf, problemList, type Problem, type ProblemKind } from './problemList.ts'
import styles from './ProblemsPane.module.css'

const ICONS: Readonly<Record<ProblemKind, typeof Info>> = {
  error: CircleX,
  'not-in-force': OctagonAlert,
  warning: TriangleAlert,
  deviation: Split,
  info: Info,
}

const WORDS: Readonly<Record<ProblemKind, readonly [one: string, many: string]>> = {
  error: ['error', 'errors'],
  'not-in-force': ['policy not in force', 'policies not in force'],
  warning: ['warning', 'warnings'],
  deviation: ['deviation', 'deviations'],
  info: ['note', 'notes'],
}

/** Rows drawn at most; a text with more faults than this has one cause. */
const SHOWN = 300

function open(problem: Problem): void {
  const { select, revealRange } = appStore.getState()
  if (problem.target !== undefined) select(problem.target)
  if (problem.place !== undefined)
    revealRange(problem.place.file, problem.place.range.start, problem.place.range.end)
}

function Counts({ problems }: { readonly problems: readonly Problem[] }) {
  const kinds = (Object.keys(WORDS) as ProblemKind[]).flatMap(kind => {
    const count = problems.filter(problem => problem.kind === kind).length
    return count === 0 ? [] : [{ kind, count }]
  })
  if (kinds.length === 0)
    return (
      <span className={styles.clear}>
        <CircleCheck size={14} aria-hidden /> All clear
      </span>
    )
  return kinds.map(({ kind, count }) => {
    const Icon = ICONS[kind]
    return (
      <span key={kind} className={styles.count} data-kind={kind}>
        <Icon size={13} aria-hidden /> {count} {WORDS[kind][count === 1 ? 0 : 1]}
      </span>
    )
  })
}

export function ProblemsPane() {
  const isOpen = useAppStore(state => state.view.problemsOpen)
  const newest = useAppStore(state => state.result)
  const picture = useAppStore(state => state.picture)
  const problems = useMemo(() => problemList(newest?.analysis, picture?.analysis), [newest, picture])
  const textOf = (file: string): string => newest?.scenario.files.find(f => f.name === file)?.text ?? ''
  const unused = newest?.analysis.unused ?? []

  return (
    <section className={styles.pane} aria-label="Problems" data-open={isOpen}>
      <h2 className={styles.heading}>
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls="problem-list"
          title={`Show or hide problems (${shortcutOf('problems') ?? ''})`}
          onClick={() => appStore.getState().setView({ problemsOpen: !isOpen })}
        >
          {isOpen ? <ChevronDown size={14} aria-hidden /> : <ChevronUp size={14} aria-hidden />}
          Problems
          <span className={styles.total}>{problems.length}</span>
          {newest !== undefined && <Counts problems={problems} />}
        </button>
      </h2>
      {isOpen && (
        <div
          id="problem-list"
          className={styles.list}
          tabIndex={0}
          role="group"
          aria-label="List of problems"
        >
          {newest !== undefined && problems.length === 0 && (
            <p className={styles.empty}>
              Nothing to report: every document was read, every policy is in force, and the data plane does
              what Kubernetes promises.
            </p>
          )}
          <ul>
            {problems.slice(0, SHOWN).map((problem, i) => {
              const Icon = ICONS[problem.kind]
              return (
                <li key={i}>
                  <button
                    type="button"
                    className={styles.problem}
                    data-kind={problem.kind}
                    onClick={() => open(problem)}
                  >
                    <Icon size={14} aria-label={WORDS[problem.kind][0]} />
                    <span className={styles.message}>{shownMessage(problem.message)}</span>
                    <code>{problem.code}</code>
                    {problem.subject !== '' && <span className={styles.subject}>{problem.subject}</span>}
                    {problem.place !== undefined && (
                      <span className={styles.place}>
                        {problem.place.file}:{lineOf(textOf(problem.place.file), problem.place.range.start)}
                      </span>
                    )}
                  </button>
                </li>
              )
            })}
          </ul>
          {problems.length > SHOWN && <p className={styles.empty}>… and {problems.length - SHOWN} more.</p>}
          {unused.length > 0 && (
            <>
              <h3>Not used: no part in network policy</h3>
              <ul>
                {unused.slice(0, SHOWN).map((resource, i) => (
                  <li key={i}>
                    <button
                      type="button"
                      className={styles.problem}
                      onClick={() =>
                        appStore
                          .getState()
                          .revealRange(resource.file, resource.range.start, resource.range.end)
                      }
                    >
                      <span className={styles.message}>
                        {resource.kind} {resource.name}
                      </span>
                      <span className={styles.place}>
                        {resource.file}:{lineOf(textOf(resource.file), resource.range.start)}
                      </span>
                    </button>
                  </li>
                ))}
              </ul>
            </>
          )}
        </div>
      )}
    </section>
  )
}
