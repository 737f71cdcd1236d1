import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const folder = import.meta.dirname

function idsIn(text: string, pattern: RegExp): ReadonlySet<string> {
  return new Set(Array.from(text.matchAll(pattern), ([, id = '']) => id))
}

test('every rule of SPEC.md has a test, and every test a rule', () => {
  const rules = idsIn(readFileSync(join(folder, 'SPEC.md'), 'utf8'), /^- \*\*(N\d+)\*\*/gm)
  const tests = readdirSync(folder)
    .filter(file => file.endsWith('.test.ts') && file !== 'spec.test.ts')
    .map(file => readFileSync(join(folder, file), 'utf8'))
    .join('\n')
  expect(rules.size).toBeGreaterThan(30)
  expect([...idsIn(tests, /\[(N\d+)\]/g)].sort()).toEqual([...rules].sort())
})
