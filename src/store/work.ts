import type { StoreApi } from 'zustand/vanilla'
import type { WorkerRequest, WorkStep } from '../model/protocol.ts'

/** What the worker is at for longer than goes without saying. */
export interface LongWork {
  readonly op: WorkerRequest['op']
  /** What it said last about how far it is. */
  readonly step: WorkStep | undefined
  /** Whole seconds since it began. */
  readonly seconds: number
}

export interface WorkState {
  readonly work: LongWork | undefined
  /** The worker ended before it was done, and nothing has been asked of another one since. */
  readonly stopped: boolean

  readonly setWork: (work: LongWork | undefined) => void
  readonly setStopped: (stopped: boolean) => void
}

export function workState(set: StoreApi<WorkState>['setState']): WorkState {
  return {
    work: undefined,
    stopped: false,
    setWork: work => set({ work }),
    setStopped: stopped => set({ stopped }),
  }
}

/** In the words of the status bar. */
export function workWords({ op, step }: LongWork): string {
  if (step !== undefined) return STEP_WORDS[step]
  return OP_WORDS[op]
}

const STEP_WORDS: Readonly<Record<WorkStep, string>> = {
  reading: 'Reading the text',
  rules: 'Building rules and sets',
  verdicts: 'Finding verdicts',
  sending: 'Handing over the answer',
}

const OP_WORDS: Readonly<Record<WorkerRequest['op'], string>> = {
  analyze: 'Analysing',
  print: 'Printing',
  explain: 'Explaining',
  graph: 'Drawing',
  arrange: 'Arranging',
  flows: 'Listing flows',
  matrix: 'Filling the matrix',
  base: 'Reading the base',
  packet: 'Following the packet',
  suggest: 'Looking for changes',
  expect: 'Writing the test',
  node: 'Comparing the node',
  timeline: 'Reading the history',
  moment: 'Going to the moment',
}
