import { expect, test } from 'vitest'
import type { GraphEdge, GraphNode } from '../../model/picture.ts'
import { packetRoute, pointAt, type DrawnPicture } from './packetRoute.ts'

const endpoint = (id: string) => ({ kind: 'outside' as const, id: id as 'outside', address: 0 })
const node = (id: string, endpoints: readonly number[]) => ({ id, endpoints }) as GraphNode
const PICTURE: DrawnPicture = {
  endpoints: ['a1', 'a2', 'b', 'c', 'hidden'].map(endpoint),
  model: {
    nodes: [node('a', [0, 1]), node('b', [2]), node('c', [3])],
    edges: [{ id: 'e', source: 'a', target: 'b' } as GraphEdge],
  },
  rects: new Map([
    ['a', { x: 0, y: 0, width: 20, height: 10 }],
    ['b', { x: 100, y: 0, width: 20, height: 10 }],
    ['c', { x: 0, y: 100, width: 20, height: 10 }],
  ]),
  routes: new Map([
    [
      'e',
      {
        path: 'M20,5 C…',
        points: [
          { x: 20, y: 5 },
          { x: 60, y: 9 },
          { x: 100, y: 5 },
        ],
      },
    ],
  ]),
}

test('along the edge, and back along it', () => {
  expect(packetRoute(PICTURE, 'a2', 'b')?.path).toBe('M20,5 C…')
  expect(packetRoute(PICTURE, 'b', 'a1')?.path).toBe('M100,5 L60,9 L20,5')
})

test('of an endpoint in two lanes the line that goes the packet’s way', () => {
  const model = {
    nodes: [...PICTURE.model.nodes, node('b2', [2])],
    edges: [{ id: 'back', source: 'b2', target: 'a' } as GraphEdge, ...PICTURE.model.edges],
  }
  const rects = new Map([...PICTURE.rects, ['b2', { x: -100, y: 0, width: 20, height: 10 }]])
  const line = { path: 'M-80,5 L0,5', points: [] }
  const picture = { ...PICTURE, model, rects, routes: new Map([...PICTURE.routes, ['back', line]]) }
  expect(packetRoute(picture, 'a1', 'b')?.path).toBe('M20,5 C…')
  expect(packetRoute(picture, 'b', 'a1')?.path).toBe('M-80,5 L0,5')
})

test('of nested blocks the innermost', () => {
  const inner = { ...node('c-hole', [3]), parent: 'c' }
  const picture = {
    ...PICTURE,
    model: {
      nodes: [...PICTURE.model.nodes, inner],
      edges: [{ id: 'e', source: 'a', target: 'c' } as GraphEdge],
    },
    rects: new Map([...PICTURE.rects, ['c-hole', { x: 5, y: 100, width: 10, height: 10 }]]),
  }
  expect(packetRoute(picture, 'a1', 'c')?.path).toBe('M10,10 L10,100')
})

test('straight from border to border where no edge is drawn', () => {
  expect(packetRoute(PICTURE, 'a1', 'c')?.path).toBe('M10,10 L10,100')
})

test('within a folded node a loop above it', () => {
  const points = packetRoute(PICTURE, 'a1', 'a2')?.points ?? []
  expect([points[0], points.at(-1)?.y]).toEqual([{ x: -13, y: 0 }, expect.closeTo(0)])
  expect(Math.min(...points.map(({ y }) => y))).toBe(-34)
})

test('no way where an end is not drawn', () => {
  expect(packetRoute(PICTURE, 'a1', 'hidden')).toBeUndefined()
  expect(packetRoute(PICTURE, 'nowhere', 'a1')).toBeUndefined()
})

test('a share of the way is a point on it', () => {
  const points = [
    { x: 0, y: 0 },
    { x: 10, y: 0 },
    { x: 10, y: 30 },
  ]
  expect([0, 0.25, 0.5, 1].map(share => pointAt(points, share))).toEqual([
    { x: 0, y: 0 },
    { x: 10, y: 0 },
    { x: 10, y: 10 },
    { x: 10, y: 30 },
  ])
})
