import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { answerAnalyze } from './headless.ts'

interface Case {
  readonly admission: boolean
  readonly resources: readonly unknown[]
  readonly probes: readonly unknown[]
  readonly kubernetes: string
  readonly kernel: Readonly<Record<string, string>>
}

const cases = JSON.parse(
  readFileSync(join(import.meta.dirname, '../testing/vectors/npm-v2/verdicts.json'), 'utf8'),
) as readonly Case[]

interface AnalyzeAnswer {
  readonly verdicts: readonly Readonly<Record<'kubernetes' | 'dataplane', 'allowed' | 'blocked'>>[]
}

/** One letter a probe, as the vectors have it. */
function letters(answer: AnalyzeAnswer, engine: 'kubernetes' | 'dataplane'): string {
  return answer.verdicts.map(verdict => (verdict[engine] === 'allowed' ? 'A' : 'B')).join('')
}

test('there are cases with and without admission', () => {
  expect(cases.filter(({ admission }) => admission).length).toBe(50)
  expect(cases.length).toBe(120)
})

test.each(cases.map((given, index) => [index, given] as const))(
  'cluster %i: the kernel and Kubernetes say what we say, probe by probe',
  (_index, { admission, resources, probes, kubernetes, kernel }) => {
    for (const [profile, measured] of Object.entries(kernel)) {
      const answer = answerAnalyze({ profile, admission, resources, probes })
      if (!answer.ok) throw new Error(answer.error.message)
      const value = answer.value as AnalyzeAnswer
      expect(letters(value, 'dataplane')).toBe(measured)
      expect(letters(value, 'kubernetes')).toBe(kubernetes)
    }
  },
)
