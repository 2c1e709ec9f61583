#!/usr/bin/env node
import { Command } from 'commander'
import { clockCommands } from './clock.ts'
import { dataCommands } from './data.ts'
import { docsCommands } from './docs.ts'
import { evidenceCommands } from './evidence.ts'
import { ledgerCommands } from './ledger.ts'
import { policyCommands } from './policy.ts'
import { serverCommands } from './server.ts'
import { fail } from './output.ts'

const program = new Command('gongshu')
  .description('公数：公共数据资源登记与授权运营')
  .option('--json', '以 JSON 输出')
  .showHelpAfterError('(加 --help 查看用法)')
for (const add of [
  serverCommands,
  dataCommands,
  policyCommands,
  clockCommands,
  ledgerCommands,
  evidenceCommands,
  docsCommands,
])
  add(program)
program.parseAsync().catch(fail)
