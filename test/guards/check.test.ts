import { expect, test } from 'vitest'
import { project } from './project.ts'

test('the formatter passes a clean project and finds an unformatted file', async () => {
  const { plant, check } = await project()
  const clean = await check('format')
  expect(clean.status, clean.output).toBe(0)

  await plant({ 'src/store/loose.ts': `export const x = "1";` })
  const { status, output } = await check('format')
  expect(status).toBe(1)
  expect(output).toContain('src/store/loose.ts')
})

test('no jurisdiction is named in code, and no code stands among the packs', async () => {
  const { plant, check } = await project()
  const clean = await check('jurisdictions')
  expect(clean.status, clean.output).toBe(0)

  const planted = {
    'src/domain/parties/word.ts': `export const x = '湖南省'`,
    'src/policy/word.ts': `export const isZhaoqing = true`,
    'src/policy/code.ts': `export const x = '341500'`,
    'src/interop/luan.ts': `export const x = 1`,
    'src/http/pack.ts': `export const luanPack = 1`,
    'src/store/seed.sql': `insert into division values (440000)`,
    'web/title.tsx': `export const x = <p>肇庆</p>`,
    'policies/nation/limits.ts': `export const x = 3`,
  }
  await plant(planted)
  const { status, output } = await check('jurisdictions')
  expect(status).toBe(1)
  for (const path of Object.keys(planted)) expect.soft(output).toContain(path)

  const harmless = { 'src/http/near.ts': `export const x = ['第六安全区', 'valuand', 1430000, 'a440000b']` }
  const near = await project(harmless)
  expect((await near.check('jurisdictions')).status).toBe(0)
})

test('dead code is found: a file, an export, a door nobody enters, a dependency', async () => {
  const { plant, check } = await project({ 'dist/cli/main.js': '' })
  const clean = await check('dead code')
  expect(clean.status, clean.output).toBe(0)

  await plant({
    'src/store/lost.ts': `export const x = 1`,
    'src/domain/parties/rules.ts': `export const seat = (id: string): string => id\nexport const deadInside = 1`,
    'src/domain/catalogue/index.ts': `export const entry = (id: string): string => id\nexport const deadDoor = 1`,
    'web/main.tsx': `import type { Envelope } from '#contract'\n\nexport default {} as Envelope`,
  })
  const { status, output } = await check('dead code')
  expect(status).toBe(1)
  expect(output).toMatch(/Unused files[^]*src\/store\/lost\.ts/)
  expect(output).toMatch(/Unused exports[^]*deadInside/)
  expect(output).toMatch(/Unused exports[^]*deadDoor/)
  expect(output).toMatch(/Unused devDependencies[^]*react /)
})

test('one failed check hides no other, fails the whole, and a check that does not exist is refused', async () => {
  const { plant, check } = await project({ 'src/store/loose.ts': `export const x = "湖南";` })
  const { status, output } = await check('format', 'jurisdictions', 'packs')
  expect(status).toBe(1)
  expect(output).toMatch(/^format .* FAILED$/m)
  expect(output).toMatch(/^jurisdictions .* FAILED$/m)
  expect(output).toMatch(/^packs .* FAILED$/m)
  expect(output).toContain('src/store/loose.ts')

  await plant({ 'src/store/loose.ts': `export const x = '1'\n`, 'bin/gongshu.mjs': 'process.exit(0)\n' })
  expect((await check('format', 'jurisdictions', 'packs')).status).toBe(0)
  expect((await check('formatting')).status).toBe(2)
})
