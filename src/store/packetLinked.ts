import type { AppState } from './appStore.ts'
import { linkedTo, linkedToWalk, NOTHING_LINKED, type Linked } from './linked.ts'
import { followedTrace } from './packet.ts'
import { displayedAnalysis } from './timeline.ts'

/** What belongs to the pinned selection; of a packet that is followed, its way through the rules. */
export function pinnedLinks(state: AppState): Linked {
  const analysis = displayedAnalysis(state)
  if (analysis === undefined) return NOTHING_LINKED
  const { selection, explained, packetAnswer } = state
  const trace = selection?.kind === 'rule' ? undefined : followedTrace(state)
  // The rules of a real node are not those that the panes show.
  if (trace !== undefined && packetAnswer?.question.rules === 'policies')
    return linkedToWalk(analysis, trace.steps)
  return linkedTo(analysis, selection, explained?.explanation)
}
