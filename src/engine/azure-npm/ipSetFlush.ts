import type { Flush } from './dirtySets.ts'
import type { Kernel } from './kernel.ts'
import { addToKernelSet, createKernelSet, deleteFromKernelSet, destroyKernelSet } from './kernel.ts'
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

/**
 * Does to the kernel what the text of §5.2 does, with the agent's retries (§5.5). False when it gave up: the lines up to
 * there are in force, and all changes stay pending. With tools that always succeed a refused line is only passed over.
 */
export function applyFlush(
  kernel: Kernel,
  flush: Flush,
  profile: Profile,
  tools: 'succeed' | 'kernel',
): boolean {
  // ipset refuses the whole text with a usage error that names no line, so no retry gets past it (D33).
  if (
    tools === 'kernel' &&
    profile.nomatchInDelete &&
    flush.changed.some(({ deletes }) => deletes.some(text => text.endsWith(' nomatch')))
  )
    return false
  let failures = 0
  const refused = new Set<string>()
  const survives = (done: boolean): boolean => done || tools === 'succeed' || ++failures <= TOLERATED_FAILURES
  for (const { set } of flush.changed) {
    const created = createKernelSet(kernel, set.kernelName, SET_TYPES[set.id.type])
    if (!created) refused.add(set.id.prefixed)
    if (!survives(created)) return false
  }
  for (const { set, deletes, adds } of flush.changed) {
    // After a create line that failed, the rest of that set's section is dropped.
    if (refused.has(set.id.prefixed)) continue
    for (const text of deletes) if (!survives(deleteFromKernelSet(kernel, set.kernelName, text))) return false
    for (const record of adds) if (!survives(addToKernelSet(kernel, set.kernelName, record))) return false
  }
  for (const { kernelName } of flush.destroyed) destroyKernelSet(kernel, kernelName)
  return true
}
