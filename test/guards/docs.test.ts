import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { comparisonBook, glossary, processBook } from '#application'

it.each([
  ['docs/processes.md', processBook],
  ['docs/glossary.md', glossary],
  ['docs/jurisdictions.md', comparisonBook],
])('%s is what `gongshu docs` draws from the process tables and packs today', (path, draw) => {
  expect(readFileSync(path, 'utf8')).toBe(draw())
})

it('every relative link of a document leads somewhere', () => {
  const documents = ['.', 'docs', 'docs/adr'].flatMap((dir) =>
    readdirSync(dir)
      .filter((f) => f.endsWith('.md'))
      .map((f) => join(dir, f)),
  )
  const dead = documents.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
      .map((m) => m[1]!)
      .filter((to) => !existsSync(join(dirname(file), to)))
      .map((to) => `${file} → ${to}`),
  )
  expect(dead).toEqual([])
})
