import { compareBytes } from '../../model/order.ts'
import type { DirtySet, DirtySets, Flush } from './dirtySets.ts'
import type { Kernel } from './kernel.ts'
import {
  addToKernelSet,
  createKernelSet,
  deleteFromKernelSet,
  destroyKernelSet,
  hasFromElsewhere,
  isFullFor,
} from './kernel.ts'
import { SET_TYPES } from './names.ts'
import type { Profile } from './profiles.ts'

/** The agent runs `ipset restore` five times at most, and a failing line costs one run (§5.5). */
const TOLERATED_FAILURES = 4

/** A member on a line that deletes it. v1.4.45 leaves the ` nomatch`, which ipset does not take (§5.3). */
export function deletedMember(profile: Profile, text: string): string {
  return profile.nomatchInDelete ? text : text.replace(/ nomatch$/, '')
}

/** The text for `ipset restore` (§5.2). */
export function flushText(flush: Flush, profile: Profile): string {
  const lines: string[] = []
  for (const { set } of flush.changed) lines.push(createLine(set.kernelName, set.id.type))
  for (const { set, deletes, adds } of flush.changed) {
    for (const text of deletes) lines.push(`-D ${set.kernelName} ${deletedMember(profile, text)}`)
    for (const { text } of adds) lines.push(`-A ${set.kernelName} ${text}`)
  }
  for (const { kernelName } of flush.destroyed) lines.push(`-F ${kernelName}`)
  for (const { kernelName } of flush.destroyed) lines.push(`-X ${kernelName}`)
  return lines.map(line => `${line}\n`).join('')
}

/** The line that makes a set where it is missing. */
export function createLine(kernelName: string, type: keyof typeof SET_TYPES): string {
  const { keyword, maxelem } = SET_TYPES[type]
  return `-N ${kernelName} --exist ${keyword}${type === 'CIDRBlocks' ? ` maxelem ${maxelem}` : ''}`
}

/** How a flush ended. `fullSet`: it gave up for no other reason than that this set takes no more members. */
export type FlushEnd = 'done' | { readonly fullSet: DirtySet | undefined }

const GAVE_UP: FlushEnd = { fullSet: undefined }

/**
 * Does to the kernel what the text of §5.2 does, with the agent's retries (§5.5). When it gives up, the lines up to there
 * are in force, and all changes stay pending. With tools that always succeed a refused line is only passed over.
 */
export function applyFlush(
  kernel: Kernel,
  flush: Flush,
  profile: Profile,
  tools: 'succeed' | 'kernel',
): FlushEnd {
  // ipset refuses the whole text with a usage error that names no line, so no retry gets past it (D33).
  if (
    tools === 'kernel' &&
    profile.nomatchInDelete &&
    flush.changed.some(({ deletes }) => deletes.some(text => text.endsWith(' nomatch')))
  )
    return GAVE_UP
  let failures = 0
  const refused = new Set<string>()
  const survives = (done: boolean): boolean => done || tools === 'succeed' || ++failures <= TOLERATED_FAILURES
  for (const { set } of flush.changed) {
    const created = createKernelSet(kernel, set.kernelName, SET_TYPES[set.id.type])
    if (!created) refused.add(set.id.prefixed)
    if (!survives(created)) return GAVE_UP
  }
  for (const { set, deletes, adds } of flush.changed) {
    // After a create line that failed, the rest of that set's section is dropped.
    if (refused.has(set.id.prefixed)) continue
    for (const text of deletes)
      if (!survives(deleteFromKernelSet(kernel, set.kernelName, text))) return GAVE_UP
    const before = failures
    let full = true
    for (const record of adds) {
      const added = addToKernelSet(kernel, set.kernelName, record)
      const kernelSet = kernel.sets.get(set.kernelName)
      if (!added) full &&= kernelSet !== undefined && isFullFor(kernelSet, record.text)
      if (!survives(added)) return { fullSet: before === 0 && full ? set : undefined }
    }
  }
  for (const { kernelName } of flush.destroyed) destroyKernelSet(kernel, kernelName)
  return 'done'
}

/**
 * What a flush does that comes after one which gave up at a full set, when since then there only came more: it gives up
 * there again, having put in force what comes before that set. So a cluster with more pods than a set holds is not
 * flushed anew, as a whole, with each pod. False where the flush is to be made after all; nothing but what it does too
 * has then been done.
 */
export function applyMore(kernel: Kernel, { since }: DirtySets, fullSet: DirtySet): boolean {
  const full = kernel.sets.get(fullSet.kernelName)
  if (!since.onlyMore || full === undefined) return false
  for (const { set, record } of since.added)
    if (set.kernelName === fullSet.kernelName && !isFullFor(full, record.text)) return false
  const changed = [...since.created, ...since.added.map(({ set }) => set)]
  for (const { kernelName, id } of changed)
    if (!createKernelSet(kernel, kernelName, SET_TYPES[id.type])) return false
  const before = since.added
    .filter(({ set }) => compareBytes(set.id.prefixed, fullSet.id.prefixed) < 0)
    .sort(
      (a, b) =>
        compareBytes(a.set.id.prefixed, b.set.id.prefixed) || compareBytes(a.record.text, b.record.text),
    )
  return before.every(({ set, record }) => {
    const kernelSet = kernel.sets.get(set.kernelName)
    // Which of two lines for one member comes last is for the whole flush to say.
    if (kernelSet === undefined || hasFromElsewhere(kernelSet, record)) return false
    return addToKernelSet(kernel, set.kernelName, record)
  })
}
