import { compareBytes } from '../../model/order.ts'
import type { MemberRecord } from './kernel.ts'
import type { SetId } from './names.ts'

/** What the cache of dirty sets has to know of a set. */
export interface DirtySet {
  readonly id: SetId
  readonly kernelName: string
}

/** Changes of one set that are not in the kernel yet, by the text on the line. */
interface Diff {
  readonly set: DirtySet
  readonly add: Map<string, MemberRecord>
  readonly del: Set<string>
}

/** What has changed since the last flush: so long as nothing was taken away, the sets and the members that came. */
interface Since {
  readonly created: DirtySet[]
  readonly added: { readonly set: DirtySet; readonly record: MemberRecord }[]
  onlyMore: boolean
}

/** Three disjoint buckets by prefixed name (§5.4). */
export interface DirtySets {
  readonly create: Map<string, Diff>
  readonly update: Map<string, Diff>
  readonly destroy: Map<string, Diff>
  readonly since: Since
}

export function noDirtySets(): DirtySets {
  return {
    create: new Map(),
    update: new Map(),
    destroy: new Map(),
    since: { created: [], added: [], onlyMore: true },
  }
}

/** A flush has met all changes so far. */
export function markFlushed({ since }: DirtySets): void {
  since.created.length = 0
  since.added.length = 0
  since.onlyMore = true
}

export function isClean({ create, update, destroy }: DirtySets): boolean {
  return create.size === 0 && update.size === 0 && destroy.size === 0
}

export function clearDirtySets({ create, update, destroy }: DirtySets): void {
  create.clear()
  update.clear()
  destroy.clear()
}

function newDiff(set: DirtySet): Diff {
  return { set, add: new Map(), del: new Set() }
}

/** The diff of a set in `create` or `update`, made where there is none; one in `destroy` moves to `update`. */
function diffOf(dirty: DirtySets, set: DirtySet): Diff {
  const name = set.id.prefixed
  const known = dirty.create.get(name) ?? dirty.update.get(name)
  if (known !== undefined) return known
  const diff = revive(dirty, set) ?? newDiff(set)
  dirty.update.set(name, diff)
  return diff
}

/** Takes a set out of `destroy`. The cache has made it anew, with the same names. */
function revive(dirty: DirtySets, set: DirtySet): Diff | undefined {
  const name = set.id.prefixed
  const destroyed = dirty.destroy.get(name)
  if (destroyed === undefined) return undefined
  dirty.since.onlyMore = false
  dirty.destroy.delete(name)
  return { ...destroyed, set }
}

/** A set was created, empty. */
export function markCreated(dirty: DirtySets, set: DirtySet): void {
  const name = set.id.prefixed
  if (dirty.create.has(name) || dirty.update.has(name)) return
  const revived = revive(dirty, set)
  if (revived !== undefined) dirty.update.set(name, revived)
  else {
    dirty.create.set(name, newDiff(set))
    dirty.since.created.push(set)
  }
}

export function markAdded(dirty: DirtySets, set: DirtySet, record: MemberRecord): void {
  const diff = diffOf(dirty, set)
  if (diff.del.delete(record.text)) dirty.since.onlyMore = false
  else {
    diff.add.set(record.text, record)
    dirty.since.added.push({ set, record })
  }
}

export function markDeleted(dirty: DirtySets, set: DirtySet, text: string): void {
  const name = set.id.prefixed
  dirty.since.onlyMore = false
  if (dirty.destroy.has(name)) return
  const created = dirty.create.get(name)
  if (created !== undefined) {
    created.add.delete(text)
    return
  }
  const diff = diffOf(dirty, set)
  if (!diff.add.delete(text)) diff.del.add(text)
}

/** A set was destroyed. Only sets without members are (§1.8), so there is none to be deleted. */
export function markDestroyed(dirty: DirtySets, set: DirtySet): void {
  const name = set.id.prefixed
  dirty.since.onlyMore = false
  if (dirty.destroy.has(name) || dirty.create.delete(name)) return
  const diff = dirty.update.get(name) ?? newDiff(set)
  dirty.update.delete(name)
  diff.add.clear()
  dirty.destroy.set(name, diff)
}

/** One set of a flush, its members in the canonical order (§3.9). */
export interface FlushedSet {
  readonly set: DirtySet
  readonly deletes: readonly string[]
  readonly adds: readonly MemberRecord[]
}

export interface Flush {
  /** Sets to create or update. */
  readonly changed: readonly FlushedSet[]
  readonly destroyed: readonly DirtySet[]
}

function byPrefixedName(a: Diff, b: Diff): number {
  return compareBytes(a.set.id.prefixed, b.set.id.prefixed)
}

/** What the next `ipset restore` has to do, in canonical order. */
export function pendingFlush(dirty: DirtySets): Flush {
  return {
    changed: [...dirty.create.values(), ...dirty.update.values()]
      .sort(byPrefixedName)
      .map(({ set, add, del }) => ({
        set,
        deletes: [...del].sort(compareBytes),
        adds: [...add.values()].sort((a, b) => compareBytes(a.text, b.text)),
      })),
    destroyed: [...dirty.destroy.values()].sort(byPrefixedName).map(({ set }) => set),
  }
}
