import { expect, test } from 'vitest'
import type { DirtySets } from './dirtySets.ts'
import {
  clearDirtySets,
  isClean,
  markAdded,
  markCreated,
  markDeleted,
  markDestroyed,
  noDirtySets,
  pendingFlush,
} from './dirtySets.ts'
import { namespaceSet } from './names.ts'

const set = { id: namespaceSet('x'), kernelName: 'azure-npm-x' }
const other = { id: namespaceSet('a'), kernelName: 'azure-npm-a' }
const member = (text: string) => ({ text, owner: '', origin: { resource: 'Pod/x/a', path: '' } })

/** `+` added, `-` deleted, `!` destroyed. */
function textOf(dirty: DirtySets): string {
  const { changed, destroyed } = pendingFlush(dirty)
  return [
    ...changed.map(({ set: { id }, deletes, adds }) =>
      [id.name, ...deletes.map(text => `-${text}`), ...adds.map(({ text }) => `+${text}`)].join(' '),
    ),
    ...destroyed.map(({ id }) => `!${id.name}`),
  ].join(', ')
}

type Step = (dirty: DirtySets) => void
const create: Step = dirty => markCreated(dirty, set)
const destroy: Step = dirty => markDestroyed(dirty, set)
const flush: Step = clearDirtySets
const add =
  (text: string): Step =>
  dirty =>
    markAdded(dirty, set, member(text))
const remove =
  (text: string): Step =>
  dirty =>
    markDeleted(dirty, set, text)

test.each<[string, readonly Step[], string]>([
  ['created', [create], 'x'],
  ['created and filled, in order', [create, add('b'), add('a')], 'x +a +b'],
  ['created, filled and emptied', [create, add('a'), remove('a')], 'x'],
  ['created and destroyed is forgotten', [create, add('a'), destroy], ''],
  ['an addition of a set in the kernel', [add('a')], 'x +a'],
  ['a deletion before the additions', [add('b'), remove('a')], 'x -a +b'],
  ['added and deleted cancel out, the set stays', [add('a'), remove('a')], 'x'],
  ['deleted and added cancel out, the set stays', [remove('a'), add('a')], 'x'],
  ['destroyed', [destroy], '!x'],
  ['destroyed twice', [destroy, destroy], '!x'],
  ['destroyed with a deletion pending', [remove('a'), destroy], '!x'],
  ['a deletion after the destruction', [destroy, remove('a')], '!x'],
  ['destroyed and created again', [destroy, create], 'x'],
  ['its deletions survive that', [remove('a'), destroy, create], 'x -a'],
  ['and cancel out', [remove('a'), destroy, create, add('a')], 'x'],
  ['destroyed and added to', [destroy, add('a')], 'x +a'],
  ['nothing is left of a flush', [create, add('a'), flush], ''],
])('[N43] %s', (_trap, steps, text) => {
  const dirty = noDirtySets()
  for (const step of steps) step(dirty)
  expect(textOf(dirty)).toBe(text)
  expect(isClean(dirty)).toBe(text === '')
})

test('[N43] sets go out by their readable names, created and updated ones together', () => {
  const dirty = noDirtySets()
  markAdded(dirty, set, member('1'))
  markCreated(dirty, other)
  expect(textOf(dirty)).toBe('a, x +1')
})
