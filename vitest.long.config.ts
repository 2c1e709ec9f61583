import { defineConfig } from 'vitest/config'

/** Long tests that stand beside the short ones of their matter. */
export const slow = ['test/ledger/backup.test.ts', 'test/faults/importing.test.ts', 'test/faults/supplying.test.ts']

/** What takes minutes: wide matrices, thousands of histories, dozens of crashes; with LONG set, tests that are run otherwise go on for longer. One file at a time, on a machine left alone. */
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['test/long/**/*.test.ts', 'test/ledger/witness.test.ts', ...slow],
    env: { LONG: '1' },
    globalSetup: './test/setup.ts',
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
})
