import { expect, test } from 'vitest'
import { analysisFixture } from '../../testing/analysisFixture.ts'
import { originAt, placeOfOrigin, rangesIn } from './sourceAt.ts'

const KEY = 'NetworkPolicy/default/web'
const ANALYSIS = analysisFixture({
  sources: {
    [KEY]: {
      file: 'a.yaml',
      range: { start: 10, end: 100 },
      paths: ['spec', 'spec.ingress'],
      places: [30, 90, 50, 80],
    },
  },
})

test('the innermost field that holds the offset', () => {
  expect(originAt(ANALYSIS, 'a.yaml', 70)).toEqual({ resource: KEY, path: 'spec.ingress' })
  expect(originAt(ANALYSIS, 'a.yaml', 95)).toEqual({ resource: KEY, path: 'spec' })
  expect(originAt(ANALYSIS, 'a.yaml', 20)).toEqual({ resource: KEY, path: '' })
})

test('nothing outside the document and in other files', () => {
  expect(originAt(ANALYSIS, 'a.yaml', 100)).toBeUndefined()
  expect(originAt(ANALYSIS, 'b.yaml', 70)).toBeUndefined()
})

test('a field that stands nowhere is shown at the one around it; a made-up resource nowhere', () => {
  const origin = { resource: KEY, path: 'spec.ingress[0].from[2]' }
  expect(placeOfOrigin(ANALYSIS, origin)?.range).toEqual({ start: 60, end: 90 })
  expect(rangesIn(ANALYSIS, 'b.yaml', [origin])).toEqual([])
  expect(placeOfOrigin(ANALYSIS, { resource: '__proto__', path: '' })).toBeUndefined()
})
