import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import { parse } from 'yaml'
import { applyImport, checkProjections, createUser, planImport, reindex, type ListFormat } from '#application'
import { withApp } from './env.ts'
import { fail, print } from './output.ts'

export const dataCommands = (program: Command): void => {
  program
    .command('import')
    .description('导入目录或产品清单：先整体校验并逐行报告，再分批写入；可中断、可重来')
    .argument('<配置文件>', '说明各列含义的 YAML，格式见 samples/ 下的例子')
    .option('--check', '只校验，不写入')
    .action(async (file: string, o: { check?: boolean }, command: Command) => {
      const lists = [parse(readFileSync(file, 'utf8'))].flat() as (ListFormat & { file: string })[]
      const results: object[] = []
      for (const { file: data, ...format } of lists) {
        const plan = planImport(readFileSync(join(dirname(file), data)), format)
        for (const f of plan.findings)
          process.stderr.write(`${data}：${f.line} ${f.level === 'error' ? '错误' : '提示'} ${f.says}\n`)
        const errors = plan.findings.filter((f) => f.level === 'error').length
        if (errors > 0) fail(`${data}：${errors} 处错误，未写入任何一行`)
        if (o.check) {
          results.push({ file: data, rows: plan.rows.length, warnings: plan.findings.length })
          continue
        }
        const done = await withApp((app) =>
          applyImport(app, plan, format, (n, of) => process.stderr.write(`\r${data} ${n}/${of}`)),
        )
        process.stderr.write('\n')
        results.push({ file: data, ...done, warnings: plan.findings.length })
      }
      print(command, results, results.map((r) => JSON.stringify(r)).join('\n'))
    })

  program
    .command('rebuild')
    .description('由登记日志重新推导全部现状并比对')
    .option('--check', '只比对，不改动（目前的唯一方式）')
    .action(async (_o: object, command: Command) => {
      const report = await withApp((app) => checkProjections(app, (n) => process.stderr.write(`\r已核对 ${n} 件`)))
      process.stderr.write('\n')
      print(
        command,
        report,
        report.differences.length === 0
          ? `一致：${report.cases} 件，${report.events} 条记录`
          : report.differences.map((d) => `${d.stream} ${d.what}`).join('\n'),
      )
      if (report.differences.length > 0) process.exitCode = 1
    })

  program
    .command('reindex')
    .description('重建公开目录的检索内容：词典或分词规则更新之后运行；期间检索照常')
    .action(async (_o: object, command: Command) => {
      const n = await withApp((app) => reindex(app, (done) => process.stderr.write(`\r已重建 ${done} 条`)))
      process.stderr.write('\n')
      print(command, { items: n }, `已重建 ${n} 条目录项的检索内容`)
    })

  const user = program.command('user').description('账号')
  user
    .command('add')
    .description('新建账号；首个管理员由此产生')
    .requiredOption('--name <姓名>')
    .requiredOption('--login <账号>')
    .requiredOption('--org <单位>', '单位全称；不存在则登记')
    .requiredOption('--duties <岗位>', '逗号分隔：handler,approver,admin,auditor,sysadmin,secadmin,auditadmin')
    .option('--division <区划代码>', '新登记单位的行政区划', '000000')
    .option('--form <性质>', '新登记单位的主体性质', 'organ')
    .option('--roles <角色>', '新登记单位的职责角色，逗号分隔', '')
    .action(
      async (
        o: { name: string; login: string; org: string; duties: string; division: string; form: string; roles: string },
        command: Command,
      ) => {
        const password = process.env['GONGSHU_PASSWORD']
        if (!password) fail('请用环境变量 GONGSHU_PASSWORD 给出初始密码')
        const made = await withApp((app) =>
          createUser(app, {
            ...o,
            duties: o.duties.split(','),
            roles: o.roles.split(',').filter(Boolean),
            password: password!,
          }),
        )
        if ('refused' in made) fail(made.says)
        print(command, made, `已建立账号 ${o.login}`)
      },
    )
}
