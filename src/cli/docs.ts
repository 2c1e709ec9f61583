import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { comparisonBook, glossary, processBook } from '#application'
import { root } from './env.ts'
import { print } from './output.ts'

export const docsCommands = (program: Command): void => {
  program
    .command('docs')
    .description('由流程表与规则包生成 docs/processes.md、docs/glossary.md 与 docs/jurisdictions.md')
    .action((_o: object, command: Command) => {
      writeFileSync(join(root, 'docs/processes.md'), processBook())
      writeFileSync(join(root, 'docs/glossary.md'), glossary())
      writeFileSync(join(root, 'docs/jurisdictions.md'), comparisonBook())
      print(command, { ok: true }, '已生成 docs/processes.md、docs/glossary.md、docs/jurisdictions.md')
    })
}
