import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'web/**/*.test.ts'],
    exclude: ['test/long/**', 'node_modules/**'],
    // the default leaves one core idle; most of the time goes into waiting for a database or a browser
    maxWorkers: 2,
    globalSetup: './test/setup.ts',
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
})
