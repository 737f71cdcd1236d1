import type { FlowExplanation } from '../model/connectivity.ts'
import type { WalkedRule } from '../model/packetTrace.ts'
import type { Analysis } from '../model/protocol.ts'
import type { AppState } from './appStore.ts'
import { linkedTo, linkedToWalk, NOTHING_LINKED, type Linked } from './linked.ts'
import { followedTrace } from './packet.ts'
import type { Selection } from './selection.ts'
import { displayedAnalysis } from './timeline.ts'

/** What the links of the pinned selection are made of. */
export interface Pinned {
  readonly analysis: Analysis | undefined
  readonly selection: Selection | undefined
  readonly explanation: FlowExplanation | undefined
  /** Of a packet that is followed through the rules that the panes show; a real node's are others. */
  readonly steps: readonly WalkedRule[] | undefined
}

/** Only what is new is another: its fields can be compared one by one. */
export function pinned(state: AppState): Pinned {
  const { selection, explained, packetAnswer } = state
  const isShown = selection?.kind !== 'rule' && packetAnswer?.question.rules === 'policies'
  return {
    analysis: displayedAnalysis(state),
    selection,
    explanation: explained?.explanation,
    steps: isShown ? followedTrace(state)?.steps : undefined,
  }
}

/** What belongs to the pinned selection; of a packet that is followed, its way through the rules. */
export function pinnedLinks(state: AppState): Linked {
  return linksOf(pinned(state))
}

export function linksOf({ analysis, selection, explanation, steps }: Pinned): Linked {
  if (analysis === undefined) return NOTHING_LINKED
  return steps === undefined ? linkedTo(analysis, selection, explanation) : linkedToWalk(analysis, steps)
}
