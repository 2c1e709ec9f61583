import { defineConfig } from 'vitest/config'
import { slow } from './vitest.long.config.ts'

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'web/**/*.test.ts'],
    // what takes minutes is a stage of its own: vitest.long.config.ts
    exclude: ['test/long/**', ...slow, 'node_modules/**'],
    // the program is read once for each worker, not once for each file; no file leaves anything behind that another would notice
    isolate: false,
    // the default leaves one core idle; most of the time goes into waiting for a database or a browser
    maxWorkers: 2,
    globalSetup: './test/setup.ts',
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
})
