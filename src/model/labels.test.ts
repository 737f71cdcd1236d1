import { expect, test } from 'vitest'
import { formatSelector, labelKeys, labelValue, matchesSelector, type LabelSelector } from './labels.ts'

const labels = { app: 'web', empty: '' }

test.each<[string, LabelSelector, boolean]>([
  ['the empty selector matches everything', {}, true],
  ['matchLabels compares values', { matchLabels: { app: 'api' } }, false],
  [
    'matchLabels finds an empty value only where the key is',
    { matchLabels: { empty: '', missing: '' } },
    false,
  ],
  [
    'a key that every object seems to have',
    { matchExpressions: [{ key: 'constructor', operator: 'Exists' }] },
    false,
  ],
  ['In needs the key', { matchExpressions: [{ key: 'tier', operator: 'In', values: [''] }] }, false],
  [
    'NotIn holds for an absent key',
    { matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['db'] }] },
    true,
  ],
  [
    'NotIn fails for a listed value',
    { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] },
    false,
  ],
  ['DoesNotExist', { matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] }, true],
  [
    'all requirements must hold',
    { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'empty', operator: 'DoesNotExist' }] },
    false,
  ],
])('%s', (_trap, selector, matches) => {
  expect(matchesSelector(labels, selector)).toBe(matches)
})

test('reads a label only where it is', () => {
  expect(labelValue({}, 'toString')).toBeUndefined()
  expect(labelKeys({ b: '', a: '', Z: '' })).toEqual(['Z', 'a', 'b'])
})

test('prints a selector in kubectl’s words', () => {
  expect(formatSelector({})).toBe('<all>')
  expect(
    formatSelector({
      matchLabels: { app: 'web' },
      matchExpressions: [
        { key: 'tier', operator: 'NotIn', values: ['a', 'b'] },
        { key: 'old', operator: 'DoesNotExist' },
      ],
    }),
  ).toBe('app=web,tier notin (a, b),!old')
})
