#!/usr/bin/env node
import { Command } from 'commander'
import { fail } from './output.ts'
import { witnessCommands } from './witness.ts'

const program = new Command('gongshu')
  .description('公数：公共数据资源登记与授权运营')
  .option('--json', '以 JSON 输出')
  .showHelpAfterError('(加 --help 查看用法)')
// a witness runs in other hands, on small machines: it starts without the rest
if (process.argv[2] !== 'witness') {
  const { allCommands } = await import('./all.ts')
  for (const add of allCommands) add(program)
}
witnessCommands(program)
program.parseAsync().catch(fail)
