import type { Origin } from '../../model/origin.ts'
import type { DirtySets } from './dirtySets.ts'
import { markAdded, markCreated, markDeleted, markDestroyed, noDirtySets } from './dirtySets.ts'
import type { MemberRecord } from './kernel.ts'
import type { SetId } from './names.ts'
import { kernelSetName } from './names.ts'
import { isNpmMember } from './npmIpv4.ts'
import type { Profile } from './profiles.ts'

export type ReferenceKind = 'selector' | 'rule'

/** A set in the agent's cache. */
export interface CachedSet {
  readonly id: SetId
  readonly kernelName: string
  /** By text for hash sets, by prefixed name for lists. */
  readonly members: Map<string, MemberRecord>
  /** How many lists it is in. */
  lists: number
  /** Kind of use and policy key → the fields that use the set. */
  readonly references: Map<string, Origin[]>
}

/** The agent's sets (§1.4–1.8): what there should be in the kernel, and which part of it is not there yet. */
export interface IpSetManager {
  readonly profile: Profile
  readonly sets: Map<string, CachedSet>
  /** Kernel name → prefixed name, for the guard against collisions. */
  readonly kernelOwners: Map<string, string>
  readonly dirty: DirtySets
}

export function createIpSetManager(profile: Profile): IpSetManager {
  return { profile, sets: new Map(), kernelOwners: new Map(), dirty: noDirtySets() }
}

/** The set, created where it is missing. Undefined where its kernel name belongs to another one and that is refused (§2.5). */
function ensureSet(manager: IpSetManager, id: SetId): CachedSet | undefined {
  const known = manager.sets.get(id.prefixed)
  if (known !== undefined) return known
  const kernelName = kernelSetName(manager.profile, id.prefixed)
  if (manager.profile.collisionGuards) {
    const owner = manager.kernelOwners.get(kernelName)
    if (owner !== undefined && owner !== id.prefixed) return undefined
    manager.kernelOwners.set(kernelName, id.prefixed)
  }
  const set: CachedSet = {
    id,
    kernelName,
    members: new Map(),
    lists: 0,
    references: new Map(),
  }
  manager.sets.set(id.prefixed, set)
  markCreated(manager.dirty, set)
  return set
}

/**
 * Adds a member to a hash set. An element that is there only changes its owner; nothing is sent. False where the
 * agent refuses the member or the set.
 */
export function addToSet(
  manager: IpSetManager,
  id: SetId,
  text: string,
  owner: string,
  origin: Origin,
): boolean {
  if (!isNpmMember(text)) return false
  const set = ensureSet(manager, id)
  if (set === undefined) return false
  const known = set.members.get(text)
  if (known !== undefined) {
    known.owner = owner
    known.origin = origin
    return true
  }
  const record: MemberRecord = { text, owner, origin }
  set.members.set(text, record)
  markAdded(manager.dirty, set, record)
  return true
}

/** Removes a member, unless somebody else owns it by now. */
export function removeFromSet(manager: IpSetManager, id: SetId, text: string, owner: string): void {
  const set = manager.sets.get(id.prefixed)
  if (set?.members.get(text)?.owner !== owner) return
  set.members.delete(text)
  markDeleted(manager.dirty, set, text)
}

/** Adds a set to a list; both are created where they are missing. */
export function addToList(manager: IpSetManager, listId: SetId, memberId: SetId, origin: Origin): boolean {
  const member = ensureSet(manager, memberId)
  const list = ensureSet(manager, listId)
  if (member === undefined || list === undefined) return false
  const known = list.members.get(memberId.prefixed)
  if (known !== undefined) {
    known.origin = origin
    return true
  }
  const record: MemberRecord = { text: member.kernelName, owner: '', origin }
  list.members.set(memberId.prefixed, record)
  member.lists++
  markAdded(manager.dirty, list, record)
  return true
}

export function removeFromList(manager: IpSetManager, listId: SetId, memberId: SetId): void {
  const list = manager.sets.get(listId.prefixed)
  const member = manager.sets.get(memberId.prefixed)
  if (list === undefined || member === undefined || !list.members.delete(memberId.prefixed)) return
  member.lists--
  markDeleted(manager.dirty, list, member.kernelName)
}

/**
 * Records that a policy uses a set, which is created where it is missing. The same `origin` counts once: a policy that
 * failed is tried again. False where a guard refuses the set (§2.5).
 */
export function addReference(
  manager: IpSetManager,
  id: SetId,
  policy: string,
  kind: ReferenceKind,
  origin: Origin,
): boolean {
  const set = ensureSet(manager, id)
  if (set === undefined) return false
  const reference = `${kind} ${policy}`
  const own = set.references.get(reference)
  if (own !== undefined) {
    if (!own.includes(origin)) own.push(origin)
    return true
  }
  if (manager.profile.collisionGuards && id.type === 'CIDRBlocks' && set.references.size > 0) return false
  set.references.set(reference, [origin])
  return true
}

export function deleteReference(manager: IpSetManager, id: SetId, policy: string, kind: ReferenceKind): void {
  manager.sets.get(id.prefixed)?.references.delete(`${kind} ${policy}`)
}

/** Destroys a set that nothing uses and that holds nothing (§1.8); otherwise does nothing. */
export function softDelete(manager: IpSetManager, prefixed: string): void {
  const set = manager.sets.get(prefixed)
  if (set === undefined) return
  if (set.lists > 0 || set.members.size > 0 || set.references.size > 0) return
  manager.sets.delete(prefixed)
  if (manager.kernelOwners.get(set.kernelName) === prefixed) manager.kernelOwners.delete(set.kernelName)
  markDestroyed(manager.dirty, set)
}
