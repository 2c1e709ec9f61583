import { readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Command } from 'commander'
import { parse } from 'yaml'
import { applyList, checkList, checkProjections, createUser, openList, reindex, type ListFormat } from '#application'
import { isRefusal } from '#contract'
import { withApp } from './env.ts'
import { fail, print } from './output.ts'

interface ImportOptions {
  readonly division?: string
  readonly list?: string
  readonly products?: boolean
  readonly holder?: string
  readonly published?: boolean
  readonly check?: boolean
  readonly report?: string
}
const formatOf = (file: string, o: ImportOptions): ListFormat => {
  if (!o.division) return fail('请用 --division 给出清单中各单位所在的行政区划')
  return {
    list: o.list ?? basename(file).replace(/\.[^.]*$/, ''),
    variant: o.products ? 'product' : 'resource',
    division: o.division,
    ...(o.holder ? { holder: o.holder } : {}),
    ...(o.published ? { published: true } : {}),
  }
}

export const dataCommands = (program: Command): void => {
  program
    .command('import')
    .description('导入目录或产品清单：先整体校验并逐行报告，再分批写入；可中断、可重来')
    .argument('<文件>', '清单（.xlsx、.csv、.json），或说明几份清单的 YAML，格式见 samples/ 下的例子')
    .option('--division <区划代码>', '清单中各单位所在的行政区划（不用 YAML 时必填）')
    .option('--list <名称>', '清单的固定名称，同一名称再次导入时更新而不重复；默认为文件名')
    .option('--products', '清单是公共数据产品和服务，不是公共数据资源')
    .option('--holder <单位>', '没有单位列时，各行统一的数源单位')
    .option('--published', '清单已经向社会公布')
    .option('--check', '只校验，不写入')
    .option('--report <文件.xlsx>', '把标出问题的原表写到这里')
    .action(async (file: string, o: ImportOptions, command: Command) => {
      const lists = /\.ya?ml$/i.test(file)
        ? ([parse(readFileSync(file, 'utf8'))].flat() as (ListFormat & { file: string })[])
        : [{ file: basename(file), ...formatOf(file, o) }]
      const results: object[] = []
      for (const { file: name, ...format } of lists) {
        const path = join(dirname(file), name)
        const show = (line: string): void => void process.stderr.write(`${line}\n`)
        const done = await withApp(async (app) => {
          const opened = await openList(app, path, name, format)
          if (isRefusal(opened)) throw new Error(`${name}：${opened.says}`)
          const checked = await checkList(
            app,
            opened,
            format,
            (n) => void process.stderr.write(`\r${name} 已检查 ${n} 行`),
          )
          show('')
          for (const f of checked.findings.slice(0, 1000))
            show(`${name}：${f.line} ${f.level === 'error' ? '错误' : '提示'} ${f.says}`)
          if (o.report && checked.findings.length > 0) {
            writeFileSync(o.report, await app.lists.errorReport(path, opened.book, opened.mapping, checked.findings))
            show(`标出问题的原表：${o.report}`)
          }
          if (checked.errors > 0) throw new Error(`${name}：${checked.errors} 处错误，未写入任何一行`)
          const { fresh, changed, unchanged, conflicts, warnings, newUnits, stats } = checked
          if (o.check) return { rows: stats.items, warnings, fresh, changed, unchanged, conflicts, newUnits }
          const made = await applyList(
            app,
            opened,
            format,
            (n) => void process.stderr.write(`\r${name} ${n}/${stats.items}`),
          )
          show('')
          return { ...made, entries: made.entries.length, warnings }
        })
        results.push({ file: name, ...done })
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
