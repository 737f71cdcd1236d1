import { expect, test } from 'vitest'
import { compareBytes } from './order.ts'
import { labelPath, originRange, parentPath } from './origin.ts'

test('a path leads to its parents, label keys with dots and slashes included', () => {
  const path = labelPath('spec.ingress[0].from[1].podSelector.matchLabels', 'app.kubernetes.io/name')
  const parents: string[] = []
  for (let at = path; at !== ''; at = parentPath(at)) parents.push(at)
  expect(parents).toEqual([
    "spec.ingress[0].from[1].podSelector.matchLabels['app.kubernetes.io/name']",
    'spec.ingress[0].from[1].podSelector.matchLabels',
    'spec.ingress[0].from[1].podSelector',
    'spec.ingress[0].from[1]',
    'spec.ingress[0].from',
    'spec.ingress[0]',
    'spec.ingress',
    'spec',
  ])
})

test('a field that is not in the text is found at the nearest one that is', () => {
  const source = {
    file: 'a.yaml',
    range: { start: 10, end: 100 },
    paths: ['spec', 'spec.ingress[0]'],
    places: [20, 90, 30, 50],
  }
  expect(originRange(source, 'spec.ingress[0].ports[0].protocol')).toEqual({ start: 40, end: 60 })
  expect(originRange(source, 'spec.policyTypes')).toEqual({ start: 30, end: 100 })
  expect(originRange(source, 'constructor')).toEqual({ start: 10, end: 100 })
})

test('orders like UTF-8 bytes', () => {
  const words = ['ﬀ', '😀', 'b', 'a', 'A', 'ab', '']
  const byBytes = [...words].sort((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)))
  expect([...words].sort(compareBytes)).toEqual(byBytes)
})
