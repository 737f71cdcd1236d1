import { defineConfig } from 'vitest/config'

/**
 * The tests against the running kernel, apart from the unit run: they need root on Linux and take a minute. Their
 * files end in `.kernel.ts`, so that neither the unit run nor the browser run takes them up.
 */
export default defineConfig({
  root: import.meta.dirname,
  test: {
    include: ['*.kernel.ts'],
    globalSetup: ['globalSetup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
})
