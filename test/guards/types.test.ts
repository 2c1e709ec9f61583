import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { project } from './project.ts'

const planted = {
  'src/contract/arrow.ts': [`import { lookup } from '#policy'\nexport const x = lookup`, 'TS6307'],
  'src/contract/timer.ts': [`export const x = () => setTimeout(() => 1, 1)`, 'TS2304'],
  'src/contract/url.ts': [`export const x = new URL('http://x')`, 'TS2304'],
  'src/policy/arrow.ts': [`import { seat } from '#domain/parties'\nexport const x = seat`, 'TS6307'],
  'src/policy/process.ts': [`export const x = process.env`, 'TS2591'],
  'src/policy/fetch.ts': [`export const x = () => fetch('http://x')`, 'TS2304'],
  'src/domain/parties/arrow.ts': [`import { save } from '#store'\nexport const x = save`, 'TS6307'],
  'src/policy/relative.ts': [`import { digest } from '../ledger/index.ts'\nexport const x = digest`, 'TS6307'],
  'src/domain/parties/fs.ts': [`import { readFileSync } from 'node:fs'\nexport const x = readFileSync`, 'TS2307'],
  'src/domain/parties/inner.ts': [`import { entry } from '#domain/catalogue/rules'\nexport const x = entry`, 'TS2307'],
  'src/domain/parties/silent.ts': [`import '#domain/catalogue/rules'\nexport const x = 1`, 'TS2307'],
  'src/ledger/arrow.ts': [`import { envelope } from '#contract'\nexport const x = envelope`, 'TS6307'],
  'src/witness/arrow.ts': [`import { save } from '#store'\nexport const x = save`, 'TS6307'],
  'src/compute/arrow.ts': [`import { save } from '#store'\nexport const x = save`, 'TS6307'],
  'src/store/arrow.ts': [`import { register } from '#application'\nexport const x = register`, 'TS6307'],
  'src/application/arrow.ts': [`import { serve } from '#http'\nexport const x = serve`, 'TS6307'],
  'src/interop/arrow.ts': [`import { serve } from '#http'\nexport const x = serve`, 'TS6307'],
  'web/arrow.tsx': [`import { seat } from '#domain/parties'\nexport const x = seat`, 'TS6307'],
  'src/policy/wrong.test.ts': [
    `import { lookup } from './index.ts'\nexport const x: number = lookup({ id: '' })`,
    'TS2322',
  ],
  'test/wrong.test.ts': [`import { save } from '#store'\nexport const x: number = save('')`, 'TS2322'],
  'bench/wrong.ts': [`import { save } from '#store'\nexport const x: number = save('')`, 'TS2322'],
} as const

test('the compiler passes a clean project, and what it builds runs', async () => {
  const { root, check, run } = await project()
  const { status, output } = await check('types')
  expect(status, output).toBe(0)
  expect(await run('bin/gongshu.mjs')).toEqual({ status: 0, output: expect.stringMatching(/^[0-9a-f]{64}\n$/) })

  const built = await readdir(join(root, 'dist'), { recursive: true })
  expect(built).toContain('domain/parties/rules.js')
  expect(built.filter((file) => /\.test\.(js|d)|^(test|web)/.test(file))).toEqual([])
})

test('the compiler finds a wrong arrow, an impure word, an inner file and a wrong test', async () => {
  const { root, plant, check } = await project()
  expect((await check('types')).status).toBe(0)
  await plant(Object.fromEntries(Object.entries(planted).map(([path, [text]]) => [path, text])))
  const { status, output } = await check('types')
  expect(status).toBe(1)
  for (const [path, [, code]] of Object.entries(planted))
    expect
      .soft(
        output
          .split('\n')
          .filter((line) => line.startsWith(path))
          .join('\n'),
        path,
      )
      .toContain(code)

  const stray = (await readdir(join(root, 'src'), { recursive: true })).filter((file) => /\.js$|\.d\.ts$/.test(file))
  expect(stray).toEqual([])
})

test('the tests run the sources, whatever stands in the build', async () => {
  const old = 'export const serve = () => { throw new Error("an old build") }'
  const { run } = await project({ 'dist/http/index.js': old })
  const { status, output } = await run('node_modules/vitest/vitest.mjs', 'run')
  expect(status, output).toBe(0)
})
