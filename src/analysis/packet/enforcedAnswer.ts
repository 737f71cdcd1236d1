import type { FlowEnd } from '../../model/connectivity.ts'
import type { CtState } from '../../model/packet.ts'
import type { PacketTrace, Reason, WalkedRule } from '../../model/packetTrace.ts'
import type { WholeAnalysis } from '../../model/protocol.ts'
import type { Chain } from '../../model/ruleset.ts'
import type { Trace } from '../../model/trace.ts'
import { policyOrigin } from './policyOrigin.ts'
import { hexMark } from './traceWords.ts'

/** A walk through the rules that the policies give, in words. */
export interface Walked {
  readonly trace: Trace
  readonly steps: readonly WalkedRule[]
  readonly state: CtState
  /** What Kubernetes' policies have to say at the two ends. */
  readonly ends: readonly FlowEnd[]
}

/** Rules of one chain that are told one by one; the walk has them all. */
const LISTED = 20

/**
 * What the walk's end means: which rule decides, which policies' chains the packet came through, which of their rules
 * let it on or why none does, and which policies should speak but are not in force.
 */
export function enforcedAnswer(
  { ruleset, failures }: Pick<WholeAnalysis, 'ruleset' | 'failures'>,
  { trace, steps, state, ends }: Walked,
): PacketTrace['dataplane'] {
  const { decidedAt, verdict } = trace
  const decided = decidedAt === undefined ? {} : { decidedAt }
  if (verdict === 'UNKNOWN')
    return { answer: 'unknown', reasons: [{ text: trace.unknown ?? '' }], ...decided }
  const entered = new Set(steps.map(({ chain }) => chain))
  const speaking = ruleset.tables
    .flatMap(table => table.chains)
    .filter(({ name, meaning }) => entered.has(name) && meaning?.kind === 'policy')
  const applying = new Set(ends.flatMap(end => end.policies.map(({ policy }) => policy)))
  const notInForce = failures
    .filter(({ policy }) => applying.has(policy))
    .map(({ policy, message, origin }) => ({ text: `${policy} is not in force: ${message}`, origin }))
  const parts = [...speaking.map(chain => chainReason(chain, steps)), ...notInForce]
  const end = endWords(trace, steps)
  const why =
    state !== 'NEW' && !entered.has('AZURE-NPM')
      ? `${end}: azure-npm looks at the first packet of a connection only`
      : speaking.length === 0
        ? `${end}: no policy’s chain is for this packet`
        : end
  const reasons = [{ text: why, ...(parts.length === 0 ? {} : { parts }) }]
  if (verdict === 'ACCEPT') return { answer: 'allowed', reasons, ...decided }
  const last = steps.findLast(step => speaking.some(({ name }) => name === step.chain))
  const meaning = speaking.find(({ name }) => name === last?.chain)?.meaning
  return {
    answer: 'blocked',
    reasons,
    ...decided,
    ...(meaning?.kind === 'policy' && { stoppedBy: meaning.direction }),
  }
}

function endWords({ decidedAt, verdict }: Trace, steps: readonly WalkedRule[]): string {
  if (decidedAt === undefined) return 'no rule decides, so that FORWARD’s own verdict counts'
  const rule = `rule ${decidedAt.number} of ${decidedAt.chain}`
  if (verdict === 'ACCEPT') return `${rule} accepts it`
  const last = steps.at(-1)
  const marked = last?.markBefore === 0 ? undefined : steps.find(step => step.markAfter === last?.markBefore)
  return marked === undefined
    ? `${rule} drops it`
    : `${rule} drops it, because it carries the mark ${hexMark(marked.markAfter)} of a policy that does not allow it`
}

/** What a policy's chain did with the packet. */
function chainReason({ name, meaning }: Chain, steps: readonly WalkedRule[]): Reason {
  if (meaning?.kind !== 'policy') return { text: name }
  const { policy, direction } = meaning
  const text = `${direction} of ${policy} (${name})`
  const own = steps.filter(step => step.chain === name)
  const hit = own.find(step => step.matched && isAllowing(step))
  if (hit !== undefined)
    return { text: `${text}: rule ${hit.number} allows it`, ...(hit.origin && { origin: hit.origin }) }
  const rules = own.filter(step => !step.matched || step.markBefore !== step.markAfter)
  const parts = rules.slice(0, LISTED).map(ruleReason)
  const more = rules.length - parts.length
  return {
    text: `${text}: no rule allows it`,
    origin: policyOrigin(policy, 'spec'),
    parts: more > 0 ? [...parts, { text: `and ${more} more rules` }] : parts,
  }
}

function ruleReason({ number, matches, matched, markAfter, origin }: WalkedRule): Reason {
  const failing = matches.at(-1)
  const text = matched
    ? `rule ${number} notes with the mark ${hexMark(markAfter)} that nothing allowed it`
    : failing === undefined
      ? `rule ${number} does not match`
      : `rule ${number} wants ${failing.text}: ${failing.detail}`
  return { text, ...(origin && { origin }) }
}

/** In a policy's chain: a way on with permission, as opposed to the mark that remembers a denial. */
function isAllowing({ action }: WalkedRule): boolean {
  return action === 'accept' || action.startsWith('jump') || action.startsWith('go to')
}
