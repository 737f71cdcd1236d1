import { PROFILE_IDS, type ProfileId, type Scenario } from '../model/scenario.ts'
import { charactersOf } from './files.ts'

/** The part of `localStorage` that is used. It may be missing or refuse. */
export type WorkStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/** `work` is what the user made last; `before` what a link or an example took the place of. */
export type WorkSlot = 'work' | 'before'

/** Characters; browsers stop at about 5 million for a whole origin, and both slots may be full. */
const CAP = 2_000_000

const keyOf = (slot: WorkSlot): string => `netpol-flow:${slot}`

/** False when it could not be kept: too large, or the browser refuses. */
export function saveWork(storage: WorkStorage, slot: WorkSlot, scenario: Scenario): boolean {
  // Writing out a text that is too long anyway would take as long as many frames.
  if (charactersOf(scenario) > CAP) return false
  const text = JSON.stringify({ version: 1, scenario })
  if (text.length > CAP) return false
  try {
    storage.setItem(keyOf(slot), text)
    return true
  } catch {
    return false
  }
}

/** What is stored, if it has the shape of a scenario; anything else reads as nothing stored. */
export function loadWork(storage: WorkStorage, slot: WorkSlot): Scenario | undefined {
  try {
    const parsed: unknown = JSON.parse(storage.getItem(keyOf(slot)) ?? 'null')
    return isRecord(parsed) && parsed['version'] === 1 ? readScenario(parsed['scenario']) : undefined
  } catch {
    return undefined
  }
}

export function forgetWork(storage: WorkStorage, slot: WorkSlot): void {
  try {
    storage.removeItem(keyOf(slot))
  } catch {
    // A browser that refuses storage has nothing to forget.
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function readScenario(value: unknown): Scenario | undefined {
  if (!isRecord(value) || typeof value['name'] !== 'string' || !Array.isArray(value['files']))
    return undefined
  const files: { name: string; text: string }[] = []
  for (const file of value['files'] as readonly unknown[]) {
    if (!isRecord(file) || typeof file['name'] !== 'string' || typeof file['text'] !== 'string')
      return undefined
    files.push({ name: file['name'], text: file['text'] })
  }
  const profile = PROFILE_IDS.find((id: ProfileId) => id === value['profile'])
  return profile === undefined || files.length === 0 ? undefined : { name: value['name'], files, profile }
}
