import { expect, test } from 'vitest'
import { project } from './project.ts'

const planted = {
  'src/contract/now.ts': [`export const x = () => Date.now()`, 'no-restricted-globals'],
  'src/policy/today.ts': [`export const x = () => new Date()`, 'no-restricted-globals'],
  'src/policy/type.ts': [`export const x = (it: Date) => it`, 'no-restricted-types'],
  'src/domain/parties/global.ts': [`export const x = () => globalThis.Date.now()`, 'no-restricted-globals'],
  'src/domain/parties/random.ts': [`export const x = () => Math.random()`, 'no-restricted-properties'],
  'src/domain/parties/draw.ts': [`const { random } = Math\nexport const x = random`, 'no-restricted-properties'],
  'src/domain/parties/process.ts': [`export const x = () => process.env`, 'no-restricted-globals'],
  'src/domain/parties/locale.ts': [`export const x = new Intl.DateTimeFormat().format()`, 'no-restricted-globals'],
  'src/domain/parties/sort.ts': [
    `export const x = ['b', 'a'].sort((p, q) => p.localeCompare(q))`,
    'no-restricted-properties',
  ],
  'src/domain/parties/node.ts': [`/// <reference types="node" />\nexport const x = 1`, 'triple-slash-reference'],
  'src/domain/parties/lib.ts': [`/// <reference lib="dom" />\nexport const x = 1`, 'triple-slash-reference'],
  'src/domain/parties/disabled.ts': [
    `// eslint-disable-next-line\nexport const x = () => Date.now()`,
    'no-restricted-globals',
  ],
  'src/domain/kernel/period.ts': [
    `export const x = () => [new Date(), Date.now()]`,
    'no-restricted-syntax',
    'no-restricted-properties',
  ],
  'src/domain/parties/period.ts': [`export const x = () => Date.UTC(2026, 0)`, 'no-restricted-globals'],
  'src/ledger/salt.ts': [
    `import { randomBytes } from 'node:crypto'\nexport const x = randomBytes`,
    'no-restricted-imports',
  ],
  'src/ledger/env.ts': [`export const x = () => process.env`, 'no-restricted-globals'],
  ...Object.fromEntries(
    ['witness', 'store', 'compute', 'application', 'interop', 'http', 'cli'].map((layer) => [
      `src/${layer}/floating.ts`,
      [`const f = async () => 1\nexport const x = () => {\n  f()\n}`, 'no-floating-promises'],
    ]),
  ),
  'test/floating.test.ts': [
    `import { expect, test } from 'vitest'\ntest('x', () => {\n  expect(Promise.resolve(1)).resolves.toBe(2)\n})`,
    'no-floating-promises',
  ],
  'src/policy/only.test.ts': [`import { test } from 'vitest'\ntest.only('x', () => {})`, 'no-restricted-syntax'],
  'test/only.test.ts': [`import { describe } from 'vitest'\ndescribe.only('x', () => {})`, 'no-restricted-syntax'],
} satisfies Record<string, string[]>

test('lint passes a clean project', async () => {
  const { check } = await project()
  const { status, output } = await check('lint')
  expect(status, output).toBe(0)
})

test('lint finds a clock, chance, the process, a lone test and what nobody awaits', async () => {
  const { root, check } = await project(
    Object.fromEntries(Object.entries(planted).map(([path, [text]]) => [path, text!])),
  )
  const { status, output } = await check('lint')
  expect(status).toBe(1)
  const found = new Map(
    output.split('\n\n').map((part) => [
      part
        .trim()
        .split('\n')
        .find((line) => line.startsWith(root)),
      part,
    ]),
  )
  for (const [path, [, ...rules]] of Object.entries(planted))
    for (const rule of rules) expect.soft(found.get(`${root}/${path}`), path).toContain(rule)
})
