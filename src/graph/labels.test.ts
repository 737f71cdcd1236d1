import { expect, test } from 'vitest'
import type { GraphEdge, PlacedLabel, Rect } from '../model/picture.ts'
import { edgeFixture } from '../testing/pictureFixture.ts'
import { placeLabels, toldLabels } from './labels.ts'

const labelAt = (x: number): { readonly label: PlacedLabel } => ({
  label: { x, y: 0, width: 50, height: 20, lines: ['blocked'] },
})
const edgesOf = (count: number, more: Partial<GraphEdge> = {}): readonly GraphEdge[] =>
  Array.from({ length: count }, (_, i) => edgeFixture({ id: `e${i}`, label: 'no policy', ...more }))

test('of labels that cover each other one is told, the worst; and never more than can be read', () => {
  const [a, b, c] = edgesOf(3)
  if (a === undefined || b === undefined || c === undefined) throw new Error('three')
  const routes = new Map([
    ['e0', labelAt(0)],
    ['e1', labelAt(30)],
    ['e2', labelAt(200)],
  ])
  const all = new Set(['e0', 'e1', 'e2'])
  expect([...toldLabels([a, { ...b, verdict: 'blocked' }, c], routes, all)]).toEqual(['e1', 'e2'])
  expect([...toldLabels([{ ...a, deviates: true }, { ...b, verdict: 'blocked' }, c], routes, all)]).toEqual([
    'e0',
    'e2',
  ])
  expect(toldLabels([a, b, c], routes, new Set(['e1']))).toEqual(new Set(['e1']))
  const many = edgesOf(40)
  const apart = new Map(many.map(({ id }, i) => [id, labelAt(i * 100)]))
  expect(toldLabels(many, apart, new Set(many.map(({ id }) => id))).size).toBe(10)
})

test.each([
  [4, {}, 4],
  [5, {}, 0],
  [5, { deviates: true }, 5],
  [5, { change: 'opened' as const }, 5],
])('of %i lines that no policy governs %j, %i have a label', (count, more, labelled) => {
  const edges = edgesOf(count, { verdict: 'unrestricted', ...more })
  const lines = edges.map((edge, i) => ({
    edge,
    points: [
      { x: 0, y: i * 60 },
      { x: 400, y: i * 60 },
    ],
  }))
  const nodes: readonly Rect[] = []
  expect(placeLabels(lines, nodes).size).toBe(labelled)
})
