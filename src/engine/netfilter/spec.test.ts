import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const folder = import.meta.dirname

test('SPEC.md and the tests name the same rules', () => {
  const spec = readFileSync(join(folder, 'SPEC.md'), 'utf8')
  const stated = [...spec.matchAll(/^- \*\*(F[0-9]+)\*\*/gm)].map(found => found[1])
  const used = readdirSync(folder)
    .filter(file => file.endsWith('.test.ts'))
    .flatMap(file => [...readFileSync(join(folder, file), 'utf8').matchAll(/['`]\[(F[0-9]+)\] /g)])
    .map(found => found[1])
  expect(stated).toHaveLength(new Set(stated).size)
  expect([...new Set(used)].sort()).toEqual(stated.toSorted())
})
