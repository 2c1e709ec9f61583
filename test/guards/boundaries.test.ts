import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { project } from './project.ts'

const planted = {
  'src/domain/parties/arrow.ts': [`import { save } from '#store'\nexport const x = save`, 'arrow-domain'],
  'src/contract/arrow.ts': [`import type { x } from '#policy'\nexport type X = typeof x`, 'arrow-contract'],
  'src/ledger/arrow.ts': [`export const x = async () => import('#contract')`, 'arrow-ledger'],
  'src/witness/arrow.ts': [`import { save } from '#store'\nexport const x = save`, 'arrow-witness'],
  'src/compute/arrow.ts': [`import { save } from '#store'\nexport const x = save`, 'arrow-compute'],
  'src/store/arrow.ts': [`export { register } from '#application'`, 'arrow-store'],
  'src/http/arrow.ts': [`export { run } from '../cli/main.ts'`, 'arrow-http'],
  'src/http/test.ts': [`export {} from '../../test/serve.test.ts'`, 'arrow-src'],
  'src/http/ui.ts': [`export {} from '../../web/main.tsx'`, 'arrow-src'],
  'web/arrow.tsx': [`import { seat } from '#domain/parties'\nexport const x = seat`, 'arrow-web'],
  'web/relative.tsx': [`import { envelope } from '../src/contract/index.ts'\nexport const x = envelope`, 'alias'],
  'src/policy/relative.ts': [`import { envelope } from '../contract/index.ts'\nexport const x = envelope`, 'alias'],
  'src/store/inner.ts': [`import { seat } from '../domain/parties/rules.ts'\nexport const x = seat`, 'door-layer'],
  'src/domain/catalogue/inner.ts': [`import { seat } from '../parties/rules.ts'\nexport const x = seat`, 'door-matter'],
  'src/domain/catalogue/inner.test.ts': [
    `import { seat } from '../parties/rules.ts'\nexport const x = seat`,
    'door-matter',
  ],
  'src/domain/catalogue/nested.ts': [`import { y } from '#domain/parties/deep'\nexport const x = y`, 'door-matter'],
  'src/domain/parties/deep/index.ts': [`export const y = async () => import('node:fs')`, 'pure'],
  'src/domain/catalogue/hash.ts': [`import { seat } from '#domain/parties/rules'\nexport const x = seat`, 'resolvable'],
  'src/domain/parties/types.ts': [`/// <reference types="node" />\nexport const x = process.env`, 'triple-slash'],
  'src/domain/parties/path.ts': [`/// <reference path="../../store/index.ts" />\nexport const x = 1`, 'triple-slash'],
  'src/domain/parties/pg.ts': [`import type { Pool } from 'pg'\nexport type X = Pool`, 'pure'],
  'src/domain/parties/pg-type.ts': [`export type X = import('pg').Pool`, 'pure'],
  'src/domain/parties/built.ts': [
    `import { lookup } from '../../../dist/policy/index.js'\nexport const x = lookup`,
    'dist',
  ],
  'src/cli/built.ts': [`import { serve } from '../../dist/http/index.js'\nexport const x = serve`, 'dist'],
  'src/policy/os.ts': [`import { cpus } from 'node:os'\nexport const x = cpus`, 'pure'],
  'src/ledger/fs.ts': [`import { readFileSync } from 'node:fs'\nexport const x = readFileSync`, 'pure-ledger'],
  'src/ledger/zod.ts': [`import { z } from 'zod'\nexport const x = z`, 'pure-ledger'],
  'src/evidence/fs.ts': [`import { readFileSync } from 'node:fs'\nexport const x = readFileSync`, 'pure-evidence'],
  'src/evidence/store.ts': [`export { save } from '#store'`, 'arrow-evidence'],
  'src/store/dev.ts': [`import react from 'react'\nexport const x = react`, 'dev-dependency'],
  'src/store/undeclared.ts': [`import pg from 'pg'\nexport const x = pg`, 'dev-dependency'],
  'src/policy/a.ts': [`import { b } from './b.ts'\nexport const a = b`, 'cycle'],
} as const

test('the boundaries pass a clean project', async () => {
  const { check } = await project()
  const { status, output } = await check('boundaries')
  expect(status, output).toBe(0)
  expect(output).toContain('22 modules, 0 violations')
})

test('the boundaries hold against each way around them', async () => {
  const { check } = await project({
    ...Object.fromEntries(Object.entries(planted).map(([path, [text]]) => [path, text])),
    'src/policy/b.ts': `import type { a } from './a.ts'\nexport const b = 1 as unknown as typeof a`,
    'dist/policy/index.js': 'export const lookup = 1',
    'dist/http/index.js': 'export const serve = 1',
  })
  const { status, output } = await check('boundaries')
  expect(status).toBe(1)
  for (const [path, [, rule]] of Object.entries(planted))
    expect
      .soft(
        output
          .split('\n')
          .filter((line) => line.startsWith(`${path} →`))
          .join('\n'),
        path,
      )
      .toContain(`[${rule}]`)
})

test('an import of a build that does not exist is found too', async () => {
  const { check } = await project({ 'src/cli/built.ts': `export { serve } from '../../dist/http/index.js'` })
  expect((await check('boundaries')).output).toContain('src/cli/built.ts → ')
})

test('the boundaries fail when nothing, or not everything, was looked at', async () => {
  const { plant, check } = await project()
  const blind = (pattern: string) =>
    `const config = require('./real.cjs')\nmodule.exports = { ...config, options: { ...config.options, exclude: '${pattern}' } }`
  await plant({ 'real.cjs': await readFile('.dependency-cruiser.cjs', 'utf8'), '.dependency-cruiser.cjs': blind('.') })
  expect((await check('boundaries')).status).toBe(1)

  await plant({ '.dependency-cruiser.cjs': blind('^src/store') })
  const { status, output } = await check('boundaries')
  expect(status).toBe(1)
  expect(output).toContain('src/store/index.ts was not cruised')
})
