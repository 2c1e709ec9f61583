import { buffer } from 'node:stream/consumers'
import type { Facts, SealFinding } from '#domain/kernel'
import { filesById } from '#store'
import type { App } from './app.ts'
import { matterOf } from './subjects.ts'

/** Beyond this no seal is looked for: a document of an agreement is not that large. */
const mostBytes = 100 * 1024 * 1024

/** What is found of electronic seals in the caller's files that an act names; undefined for acts that do not ask. */
export const sealsIn = async (
  app: Pick<App, 'pool' | 'files' | 'inspectSeal'>,
  process: string,
  act: string,
  files: readonly string[],
  day: string,
): Promise<Facts['seals']> => {
  if (!matterOf(process).laws.seals?.includes(act)) return undefined
  const seals: Record<string, SealFinding> = {}
  for (const f of await filesById(app.pool, files))
    seals[f.id] =
      f.mime === 'application/pdf' && f.size <= mostBytes
        ? app.inspectSeal(await buffer(await app.files.get(f.key)), day)
        : { result: 'none', problem: '', signatures: [] }
  return seals
}
