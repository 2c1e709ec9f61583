import { defineConfig } from 'vitest/config'

/** Browser journeys that every run of the tests has with it; the others are a stage of their own. */
export const core = ['test/e2e/first.test.ts', 'test/e2e/journeys.test.ts']

/** Every journey through a real browser, each on a system of its own. */
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['test/e2e/**/*.test.ts'],
    exclude: [...core, 'node_modules/**'],
    isolate: false,
    maxWorkers: 2,
    globalSetup: './test/setup.ts',
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
