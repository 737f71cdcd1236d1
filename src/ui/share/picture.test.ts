import { expect, test } from 'vitest'
import { pngScale } from './picture.ts'

test.each([
  ['a usual picture as wished', 1200, 900, 2, 2],
  ['a side at the limit', 16_384, 100, 1, 1],
  ['a side beyond it', 32_768, 100, 1, 0.5],
  ['an area beyond it', 10_000, 10_000, 2, 0.8],
  ['too large to be read', 20_000, 20_000, 2, undefined],
  ['a small one because that is wished', 400, 400, 0.25, 0.25],
  ['an empty one', 0, 0, 2, 2],
])('%s: %d × %d at %d', (_what, width, height, wanted, scale) => {
  expect(pngScale(width, height, wanted)).toBe(scale)
})
