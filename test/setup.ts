import { randomBytes } from 'node:crypto'
import { readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stopTestServer, testRun } from '../src/store/testing.ts'

/** One name for all workers of a run: what the first of them fills, the others copy. */
export const setup = (): void => {
  process.env['GONGSHU_TEST_RUN'] = randomBytes(4).toString('hex')
}
export const teardown = async (): Promise<void> => {
  await stopTestServer()
  for (const name of readdirSync(tmpdir()))
    if (name.startsWith(`gongshu-filled-${testRun()}-`)) rmSync(join(tmpdir(), name), { recursive: true, force: true })
}
