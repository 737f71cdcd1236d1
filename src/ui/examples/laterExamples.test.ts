import { expect, test } from 'vitest'
import { analyze } from '../../analysis/analyze.ts'
import { EXPECTATIONS_EXAMPLE } from './expectationsExample.ts'

test('expectations: one fails, in both answers, until the policy names the tier', () => {
  const { scenario } = EXPECTATIONS_EXAMPLE
  const fares = (files = scenario.files) =>
    analyze({ ...scenario, files }).analysis.expectations.map(({ expectation, kubernetes, dataplane }) => [
      expectation.name,
      kubernetes,
      dataplane,
    ])
  const all = fares()
  expect(all).toHaveLength(5)
  expect(all.filter(([, ...answers]) => answers.includes('fail'))).toEqual([
    ['The frontend never talks to the database', 'fail', 'fail'],
  ])
  const mended = scenario.files.map(file => ({
    ...file,
    text: file.text.replace(/(from:\n +- podSelector:\n +matchLabels: )\{ app: shop \}/, '$1{ tier: api }'),
  }))
  expect(fares(mended).flat()).not.toContain('fail')
  expect(analyze(scenario).analysis.diagnostics.map(({ code }) => code)).toEqual(['expectation-failed'])
})
