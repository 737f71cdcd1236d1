import { expect, test } from 'vitest'
import { closedPlaces } from './closedNamespaces.ts'

const names = (count: number, prefix: string): readonly string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}`).sort()
const one = (): number => 1
const shown = (places: ReturnType<typeof closedPlaces>) =>
  places.map(({ title, namespaces }) => [title, namespaces.length])

test('few namespaces stand alone', () => {
  expect(shown(closedPlaces(['a', 'b'], 2, [], [], one))).toEqual([
    ['a', 1],
    ['b', 1],
  ])
})

test('names that start alike stand together, as finely as there is room', () => {
  const all = ['shop', ...names(20, 'team-a-'), ...names(30, 'team-b-')]
  expect(shown(closedPlaces(all, 4, [], [], one))).toEqual([
    ['shop', 1],
    ['team-a-…', 20],
    ['team-b-…', 30],
  ])
  expect(shown(closedPlaces(all, 2, [], [], one))).toEqual([
    ['shop', 1],
    ['team-…', 50],
  ])
})

test('what starts with nothing in common is one rest, the largest apart', () => {
  const all = Array.from({ length: 26 }, (_, i) => String.fromCharCode(97 + i).repeat(3))
  const places = closedPlaces(all, 5, [], [], name => (name === 'mmm' ? 100 : 1))
  expect(shown(places)).toEqual([
    ['aaa', 1],
    ['bbb', 1],
    ['ccc', 1],
    ['22 more namespaces', 22],
    ['mmm', 1],
  ])
})

test('what a filter asks for stands apart', () => {
  const all = [...names(20, 'a-'), ...names(20, 'b-')]
  expect(shown(closedPlaces(all, 10, ['b-7'], [], one))).toEqual([
    ['a-…', 20],
    ['b-…', 19],
    ['b-7', 1],
  ])
})

test('numbers part by their digits, the largest first', () => {
  const places = closedPlaces(names(1500, 'team-'), 100, [], [], one)
  expect(places).toHaveLength(100)
  expect(Math.max(...places.map(({ namespaces }) => namespaces.length))).toBeLessThanOrEqual(111)
})

test('an opened place parts as finely as there is room', () => {
  const all = names(1500, 'team-')
  const before = closedPlaces(all, 30, [], [], one)
  expect(before.find(({ id }) => id === 'namespaces:team-9')?.namespaces).toHaveLength(111)
  const after = closedPlaces(all, 30, [], ['namespaces:team-9'], one)
  expect(after.length).toBeLessThanOrEqual(30)
  expect(after.filter(({ namespaces }) => namespaces[0]?.startsWith('team-9'))).toHaveLength(21)
})

test.each([1, 2, 3, 7, 40, 399])('of a thousand names never more than %i places, and none is lost', most => {
  const all = [...names(300, 'x'), ...names(300, 'team-'), ...names(400, 'a-b-c-')].sort()
  const places = closedPlaces(all, most, ['x1', 'team-3'], ['namespaces:x'], one)
  expect(places.length).toBeLessThanOrEqual(most)
  expect(places.flatMap(({ namespaces }) => namespaces).sort()).toEqual(all)
})
