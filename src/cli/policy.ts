import type { Command } from 'commander'
import { checkPacks, diff, endingDocuments, explain, loadLayers, policiesDir } from '#application'
import { dayInShanghai } from '#domain/kernel'
import { enabledLayers } from './env.ts'
import { fail, print } from './output.ts'

const today = (): string => dayInShanghai(new Date().toISOString())

export const policyCommands = (program: Command): void => {
  const policy = program.command('policy').description('规则包')
  policy
    .command('check')
    .description('检查规则包：引用、结构、完整、每个地区每类事项都能绑定')
    .option('--dir <目录>', '规则包目录', policiesDir)
    .action((o: { dir: string }, command: Command) => {
      const loaded = loadLayers(o.dir)
      const problems = [...loaded.problems, ...checkPacks(loaded.layers)]
      const ending = endingDocuments(loaded.layers, today(), 180)
      print(
        command,
        { layers: loaded.layers.map((l) => l.name), problems, ending },
        [
          ...problems.map((p) => `✗ ${p.where}: ${p.says}`),
          ...ending.map((e) => `! ${JSON.stringify(e)}`),
          problems.length === 0
            ? `规则包无误：${loaded.layers.map((l) => l.name).join('、')}`
            : `${problems.length} 处错误`,
        ].join('\n'),
      )
      if (problems.length > 0) process.exitCode = 1
    })
  policy
    .command('explain')
    .description('一条规则的值、出处与覆盖关系')
    .argument('<规则>', '如 registration.acceptance.limit')
    .requiredOption('--at <地区>', '规则包名（如某省某市）或行政区划代码')
    .option('--day <日期>', '哪一天的规则', today())
    .action((path: string, o: { at: string; day: string }, command: Command) => {
      const { layers } = loadLayers(policiesDir)
      const division = /^\d{6}$/.test(o.at) ? o.at : layers.find((l) => l.name === o.at)?.division
      if (!division) return fail(`没有规则包“${o.at}”；已有：${layers.map((l) => l.name).join('、')}`)
      const words = explain(layers, path, division, o.day, enabledLayers())
      print(command, { path, division, words }, words)
    })
  policy
    .command('diff')
    .description('两地规则的差别')
    .argument('<甲>')
    .argument('<乙>')
    .option('--day <日期>', '哪一天的规则', today())
    .action((a: string, b: string, o: { day: string }, command: Command) => {
      const { layers } = loadLayers(policiesDir)
      const division = (name: string): string =>
        /^\d{6}$/.test(name) ? name : (layers.find((l) => l.name === name)?.division ?? fail(`没有规则包“${name}”`))
      const words = diff(
        layers,
        { division: division(a), day: o.day },
        { division: division(b), day: o.day },
        enabledLayers(),
      )
      print(command, { words }, words)
    })
}
