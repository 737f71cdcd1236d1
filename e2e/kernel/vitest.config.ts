import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/**
 * The tests against the running kernel, apart from the unit run: they need root on Linux and take a minute. Their
 * files end in `.kernel.ts`, so that neither the unit run nor the browser run takes them up.
 */
export default defineConfig({
  root: join(import.meta.dirname, '../..'),
  test: {
    include: ['e2e/kernel/*.kernel.ts'],
    globalSetup: ['e2e/kernel/globalSetup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
})
