import { expect, test } from 'vitest'
import { fitText, textWidth } from './textWidth.ts'

const font = { size: 10 }

test('narrow letters are narrower than wide ones, wide scripts widest', () => {
  const widths = ['iiii', 'aaaa', 'WWWW', '網絡政策'].map(text => textWidth(text, font))
  expect([...widths].sort((a, b) => a - b)).toEqual(widths)
  expect(textWidth('網絡', font)).toBe(20)
  expect(textWidth('', font)).toBe(0)
})

test('monospaced letters are all alike', () => {
  expect(textWidth('ii', { size: 10, mono: true })).toBe(textWidth('WW', { size: 10, mono: true }))
})

test('what fits stays whole', () => {
  expect(fitText('frontend', textWidth('frontend', font), font)).toBe('frontend')
})

test('what does not ends in an ellipsis, within the room', () => {
  const text = 'a-very-long-name-of-a-workload'
  for (const room of [20, 40, 80, 120]) {
    const cut = fitText(text, room, font)
    expect(cut.endsWith('…')).toBe(true)
    expect(text.startsWith(cut.slice(0, -1))).toBe(true)
    expect(textWidth(cut, font)).toBeLessThanOrEqual(room)
  }
  expect(fitText('abc', 0, font)).toBe('…')
})

test('no character is cut in two', () => {
  expect(fitText('𝒳𝒳𝒳𝒳', 22, font)).toBe('𝒳…')
})
