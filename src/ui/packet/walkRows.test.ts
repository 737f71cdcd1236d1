import { describe, expect, test } from 'vitest'
import type { WalkedRule } from '../../model/packetTrace.ts'
import { rowOfStep, runOfStep, stepOfRow, walkRows, type WalkRow } from './walkRows.ts'

/** `0 FORWARD 1 +`: depth, chain, number, `+` where it matched, `?` where nobody can tell. */
function step(line: string): WalkedRule {
  const [depth, chain = '', number, sign] = line.split(' ')
  return {
    table: 'filter',
    chain,
    number: Number(number),
    depth: Number(depth),
    text: '',
    matched: sign === '+',
    matches: sign === '?' ? [{ outcome: 'unknown', text: '', detail: '' }] : [],
    action: '',
    markBefore: 0,
    markAfter: 0,
  }
}

const STEPS = [
  '0 FORWARD 1 +',
  '1 NPM 1 -',
  '1 NPM 2 -',
  '1 NPM 3 +',
  '2 IN 1 -',
  '1 NPM 4 +',
  '0 FORWARD 2 -',
].map(step)

function words(rows: readonly WalkRow[]): readonly string[] {
  return rows.map(row => {
    switch (row.kind) {
      case 'chain':
        return `${row.back ? 'back in' : 'in'} ${row.chain}`
      case 'rule':
        return `rule ${row.index}`
      case 'passed':
        return `passed ${row.from}–${row.to - 1}`
    }
  })
}

describe('the rows of a walk', () => {
  test('rules stand under their chains, returns say so, runs without a match are one row', () => {
    expect(words(walkRows(STEPS, new Set()))).toEqual([
      'in FORWARD',
      'rule 0',
      'in NPM',
      'passed 1–2',
      'rule 3',
      'in IN',
      'passed 4–4',
      'back in NPM',
      'rule 5',
      'back in FORWARD',
      'passed 6–6',
    ])
  })

  test('an opened run keeps its row and lists its rules', () => {
    expect(words(walkRows(STEPS, new Set(['passed 1']))).slice(3, 6)).toEqual([
      'passed 1–2',
      'rule 1',
      'rule 2',
    ])
  })

  test('a run ends where the chain does', () => {
    const rows = walkRows(['0 A 1 +', '1 B 1 -', '0 A 2 -'].map(step), new Set())
    expect(words(rows)).toEqual(['in A', 'rule 0', 'in B', 'passed 1–1', 'back in A', 'passed 2–2'])
  })

  test('a folded step is found in its run, an open one in its own row', () => {
    const folded = walkRows(STEPS, new Set())
    expect(folded[rowOfStep(folded, 2)]).toMatchObject({ kind: 'passed', from: 1 })
    const open = walkRows(STEPS, new Set(['passed 1']))
    expect(open[rowOfStep(open, 2)]).toMatchObject({ kind: 'rule', index: 2 })
    expect(open.map(stepOfRow)).toEqual([
      undefined,
      0,
      undefined,
      undefined,
      1,
      2,
      3,
      undefined,
      4,
      undefined,
      5,
      undefined,
      6,
    ])
    expect(runOfStep(open, 2)).toMatchObject({ key: 'passed 1', open: true })
    expect(runOfStep(open, 3)).toBeUndefined()
  })
})

test('a rule that nobody can tell about is not among those that do not match', () => {
  const steps = ['0 FORWARD 1 -', '0 FORWARD 2 ?', '0 FORWARD 3 -'].map(step)
  expect(words(walkRows(steps, new Set()))).toEqual(['in FORWARD', 'passed 0–0', 'rule 1', 'passed 2–2'])
})
