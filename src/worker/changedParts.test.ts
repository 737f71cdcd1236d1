import { expect, test } from 'vitest'
import { analysisFixture } from '../testing/analysisFixture.ts'
import { changedParts } from './changedParts.ts'

const analysis = analysisFixture()

test('the first analysis is sent whole', () => {
  expect(changedParts(analysis, undefined)).toEqual(analysis)
})

test('of a copy nothing is sent', () => {
  expect(changedParts(structuredClone(analysis), analysis)).toEqual({})
})

test('what changed is sent, a part that is undefined now as well', () => {
  const before = analysisFixture({ flowCounts: { all: 3, restricted: 2, differing: 1 } })
  const now = { ...structuredClone(analysis), usable: !analysis.usable, flowCounts: undefined }
  expect(changedParts(now, before)).toStrictEqual({ usable: !analysis.usable, flowCounts: undefined })
  expect({ ...before, ...changedParts(now, before) }).toEqual(now)
})
