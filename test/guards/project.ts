import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished, vi } from 'vitest'

const repository = join(import.meta.dirname, '../..')

// five tools on two cores, beside the other tests
vi.setConfig({ testTimeout: 120_000 })

/** A project in which every check finds nothing: one small file or two in each layer. */
const sources = {
  'src/contract/index.ts': `import { z } from 'zod'

export const envelope = z.object({ id: z.string() })
export type Envelope = z.infer<typeof envelope>
`,
  'src/policy/index.ts': `import type { Envelope } from '#contract'

export const lookup = ({ id }: Envelope): string => id
`,
  'src/domain/kernel/index.ts': `export { daysBetween } from './period.ts'
`,
  'src/domain/kernel/period.ts': `export const daysBetween = (from: string, to: string): number =>
  (Date.UTC(+to.slice(0, 4), +to.slice(5, 7) - 1, +to.slice(8)) - new Date(from).getTime()) / 86_400_000
`,
  'src/domain/parties/index.ts': `export { seat } from './rules.ts'
`,
  'src/domain/parties/rules.ts': `import { lookup } from '#policy'
import { daysBetween } from '../kernel/index.ts'

export const seat = (id: string): string => lookup({ id }) + daysBetween('2026-01-01', id)
`,
  'src/domain/parties/rules.test.ts': `import { expect, test } from 'vitest'
import { seat } from './rules.ts'

test('seat', () => expect(seat('2026-01-02')).toBe('2026-01-021'))
`,
  'src/domain/catalogue/index.ts': `import { seat } from '#domain/parties'

export const entry = (id: string): string => seat(id)
`,
  'src/ledger/index.ts': `import { createHash } from 'node:crypto'

export const digest = (text: string): string => createHash('sha256').update(text).digest('hex')
`,
  'src/witness/index.ts': `import { digest } from '#ledger'

export const remember = (note: string): string => digest(note)
`,
  'src/evidence/index.ts': `import { digest } from '#ledger'

export const verify = (text: string, sha256: string): boolean => digest(text) === sha256
`,
  'src/evidence/main.ts': `import { readFileSync } from 'node:fs'
import { verify } from './index.ts'

process.exitCode = verify(readFileSync(process.argv[2] ?? '', 'utf8'), process.argv[3] ?? '') ? 0 : 1
`,
  'src/store/index.ts': `import { entry } from '#domain/catalogue'
import { digest } from '#ledger'

export const save = async (id: string): Promise<string> => Promise.resolve(digest(entry(id)))
`,
  'src/compute/index.ts': `import { entry } from '#domain/catalogue'

export const measure = (id: string): number => entry(id).length
`,
  'src/application/index.ts': `import { measure } from '#compute'
import { save } from '#store'

export const register = async (id: string): Promise<string> => save(id.slice(0, measure(id)))
`,
  'src/interop/index.ts': `import { register } from '#application'

export const receive = async (id: string): Promise<string> => register(id)
`,
  'src/http/index.ts': `import { receive } from '#interop'

export const serve = async (): Promise<string> => receive('2026-01-02')
`,
  'src/cli/main.ts': `import { serve } from '#http'
import { remember } from '#witness'

console.log(process.argv[2] === 'witness' ? remember('') : await serve())
`,
  'bin/gongshu.mjs': `import '../dist/cli/main.js'
`,
  'web/main.tsx': `import { createElement } from 'react'
import type { Envelope } from '#contract'
import { envelope } from '#contract'
import { verify } from '#evidence'

const show = (it: Envelope) => createElement('p', null, <b>{it.id}</b>)
document.title = String(show(envelope.parse({ id: '六、安全' }))) + String(verify('', ''))
`,
  'test/setup.ts': `export const setup = (): void => {}
`,
  'test/serve.test.ts': `import { expect, test } from 'vitest'
import { serve } from '#http'

test('serve', async () => expect(await serve()).toHaveLength(64))
`,
  'bench/save.ts': `import { save } from '#store'

await save('2026-01-02')
`,
  'policies/pack.yaml': `limit: { value: 3 }
`,
}

/** The packages that `sources` and the checks themselves use. */
const uses = new Set(
  ['zod', 'react', 'vite', 'vitest', 'typescript', 'typescript-eslint', 'eslint', '@eslint/js'].concat([
    'prettier',
    'dependency-cruiser',
    'knip',
    '@types/node',
    '@types/react',
  ]),
)

/** This repository's configuration and checks around `sources` and `planted` (text by path), removed after the test. */
export async function project(planted: Record<string, string> = {}) {
  const root = await mkdtemp(join(tmpdir(), 'gongshu-guards-'))
  onTestFinished(() => rm(root, { recursive: true }))

  const layers = (await readdir(join(repository, 'src'))).map((layer) => `src/${layer}/tsconfig.json`)
  const config = (await readdir(repository)).filter((name) =>
    /^(tsconfig|eslint|knip|vitest|\.prettier|\.dep)/.test(name),
  )
  const checks = ['bin/check.mjs', 'bin/boundaries.mjs', 'bin/jurisdictions.mjs']
  for (const path of [...config, ...checks, ...layers, 'test/tsconfig.json', 'web/tsconfig.json'])
    await cp(join(repository, path), join(root, path))

  const manifest = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8'))
  const used = (of: object) => Object.fromEntries(Object.entries(of).filter(([name]) => uses.has(name)))
  const { type, imports, dependencies, devDependencies } = manifest
  await write(root, {
    ...sources,
    'package.json': `${JSON.stringify({ type, imports, scripts: { format: 'prettier --write .' }, dependencies: used(dependencies), devDependencies: used(devDependencies) }, null, 2)}\n`,
    ...planted,
  })
  await symlink(join(repository, 'node_modules'), join(root, 'node_modules'))

  return {
    root,
    plant: (more: Record<string, string>) => write(root, more),
    /** Runs `npm run check -- name…`; `output` is what it printed. */
    check: (...names: string[]) => run(root, 'bin/check.mjs', ...names),
    run: (...args: string[]) => run(root, ...args),
  }
}

async function write(root: string, files: Record<string, string>) {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
}

function run(cwd: string, ...args: string[]) {
  return new Promise<{ status: number; output: string }>((resolve) => {
    const child = execFile(process.execPath, args, { cwd, maxBuffer: 1 << 26 }, (_error, stdout, stderr) =>
      resolve({ status: child.exitCode ?? -1, output: stdout + stderr }),
    )
  })
}
