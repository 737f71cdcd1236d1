import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { VERSION } from './version.ts'

test('the version on screen is the package’s', () => {
  const text = readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')
  expect((JSON.parse(text) as { version: string }).version).toBe(VERSION)
})
