import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ProfileId } from '../../model/scenario.ts'
import type { RawObject } from '../../testing/rawObjects.ts'
import { rawPolicy } from '../../testing/rawObjects.ts'
import type { TranslateAnswer } from './translateAnswer.ts'
import { translateAnswer } from './translateAnswer.ts'

interface Case {
  readonly policy: RawObject
  readonly first: boolean
  readonly about?: string
  readonly answers: Readonly<Record<string, TranslateAnswer>>
}

const cases = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../testing/vectors/npm-v2/translate.json'), 'utf8'),
) as Case[]

/** The message is information; the class is the answer. */
function comparable(answer: TranslateAnswer): unknown {
  return answer.error === null ? answer : { ...answer, error: answer.error.class }
}

describe.each(['v1.4.45', 'head'] satisfies ProfileId[])('[N24] real translations of %s', profile => {
  test.each(cases.map((c, i) => ({ ...c, title: `${i} ${c.about ?? ''}` })))('$title', c => {
    const answer = translateAnswer(rawPolicy(c.policy), profile, c.first)
    expect(comparable(answer)).toEqual(comparable(c.answers[profile] ?? { error: null as never }))
  })
})

test('[N24] there are 300 translations', () => {
  expect(cases.length).toBe(300)
})
