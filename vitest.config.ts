import { defineConfig } from 'vitest/config'
import { core } from './vitest.browser.config.ts'
import { slow } from './vitest.long.config.ts'

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'web/**/*.test.ts'],
    // what takes minutes is a stage of its own: vitest.long.config.ts, vitest.browser.config.ts
    exclude: [
      'test/long/**',
      ...slow,
      `test/e2e/!(${core.map((f) => f.split('/').at(-1)).join('|')})`,
      'node_modules/**',
    ],
    // the program is read once for each worker, not once for each file; no file leaves anything behind that another would notice
    isolate: false,
    // the default leaves one core idle; most of the time goes into waiting for a database or a browser
    maxWorkers: 2,
    globalSetup: './test/setup.ts',
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
})
