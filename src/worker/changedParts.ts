import { sameData } from '../graph/sameData.ts'
import type { Analysis } from '../model/protocol.ts'

/**
 * The parts of an analysis that are not as in the one before; all of them where there is none. The page reads an answer
 * on the thread that also draws: what it holds already is compared here, and not sent.
 */
export function changedParts(now: Analysis, before: Analysis | undefined): Partial<Analysis> {
  if (before === undefined) return now
  const known = new Map<string, unknown>(Object.entries(before))
  return Object.fromEntries(
    Object.entries(now).filter(([part, value]) => !known.has(part) || !sameData(known.get(part), value)),
  )
}
