import type { Analysis, Moment, Timeline } from '../model/protocol.ts'

/** What happened on the node so far, and which moment of it the panes show. */
export interface TimelineState {
  /** The newest that was asked for; the one before while a new one is made. */
  readonly timeline: Timeline | undefined
  /** The worker stopped before it answered. */
  readonly timelineFailed: boolean
  /** Index of the past step that the user went to; `undefined` for now, which is after the last one. */
  readonly step: number | undefined
  /** The newest answer about a step, with the timeline that counts it. */
  readonly momentAnswer: { readonly timeline: Timeline; readonly moment: Moment } | undefined

  /** Stays in the timeline; its last step is now. */
  readonly goToStep: (step: number | undefined) => void
  readonly receiveTimeline: (timeline: Timeline) => void
  readonly receiveMoment: (timeline: Timeline, moment: Moment) => void
  readonly failTimeline: (failed: boolean) => void
}

export function timelineState(
  set: (change: Partial<TimelineState>) => void,
  get: () => TimelineState,
): TimelineState {
  return {
    timeline: undefined,
    timelineFailed: false,
    step: undefined,
    momentAnswer: undefined,

    goToStep: wanted => {
      const last = lastStep(get())
      const step = wanted === undefined || wanted >= last ? undefined : Math.max(0, wanted)
      if (step !== get().step) set({ step })
    },
    receiveTimeline: timeline => set({ timeline, step: undefined, timelineFailed: false }),
    receiveMoment: (timeline, moment) => {
      if (timeline === get().timeline) set({ momentAnswer: { timeline, moment } })
    },
    failTimeline: timelineFailed => set({ timelineFailed }),
  }
}

/** -1 when nothing happened yet. */
function lastStep({ timeline }: Pick<TimelineState, 'timeline'>): number {
  return (timeline?.steps.length ?? 0) - 1
}

/** The step that Events shows: the one gone to, else the newest; -1 when there is none. */
export function chosenStep(state: Pick<TimelineState, 'timeline' | 'step'>): number {
  return state.step ?? lastStep(state)
}

/** The answer about the chosen step; the answer before while it is made. */
export function chosenMoment(
  state: Pick<TimelineState, 'timeline' | 'step' | 'momentAnswer'>,
): { readonly moment: Moment; readonly current: boolean } | undefined {
  const { momentAnswer, timeline } = state
  if (momentAnswer === undefined) return undefined
  const { moment } = momentAnswer
  return { moment, current: momentAnswer.timeline === timeline && moment.step === chosenStep(state) }
}

/** The past moment that the panes show; `undefined` when they show now. */
export function pastMoment(
  state: Pick<TimelineState, 'timeline' | 'step' | 'momentAnswer'>,
): Moment | undefined {
  const { step, momentAnswer, timeline } = state
  if (step === undefined || momentAnswer === undefined || momentAnswer.timeline !== timeline) return undefined
  return momentAnswer.moment.step === lastStep(state) ? undefined : momentAnswer.moment
}

/** What the panes show: a past moment, else the picture. */
export function displayedAnalysis(
  state:
    | (Pick<TimelineState, 'timeline' | 'step' | 'momentAnswer'> & {
        readonly picture: { readonly analysis: Analysis } | undefined
      })
    | undefined,
): Analysis | undefined {
  return state && (pastMoment(state)?.analysis ?? state.picture?.analysis)
}
