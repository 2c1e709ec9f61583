#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { readTrust, verify, type Check, type Report, type Trust } from './index.ts'

const usage = `用法：node gongshu-verify.mjs <证据包.zip | 登记证.pdf | 存证回执.json> [选项]

  --key 文件       您信任的日志公钥（每行一个，如登记平台 /log/register/key 的内容）；可多次给出
  --policy 文件    对副署的要求（C2SP tlog-policy）
  --json           以 JSON 输出

核验在本机完成，不联网，不读取其他文件。
退出码：0 真实完整；1 不可采信；2 无法下结论（没有给出公钥、文件中没有证据等）。`

const end = (says: string): never => {
  process.stderr.write(`${says}\n`)
  process.exit(2)
}

const read = (file: string): Buffer => {
  try {
    return readFileSync(file)
  } catch {
    return end(`读不出文件：${file}`)
  }
}

const parse = (args: readonly string[]) => {
  const files: string[] = []
  const keys: string[] = []
  let policy: string | undefined
  let json = false
  for (let i = 0; i < args.length; i++) {
    const a = args[i]!
    if (a === '--json') json = true
    else if (a === '--key' || a === '--policy') {
      const value = args[++i] ?? end(`${a} 之后应为文件名`)
      if (a === '--key') keys.push(value)
      else policy = value
    } else if (a === '--help' || a === '-h') {
      process.stdout.write(`${usage}\n`)
      process.exit(0)
    } else if (a.startsWith('-')) end(`不认识的选项：${a}\n\n${usage}`)
    else files.push(a)
  }
  if (files.length !== 1) end(usage)
  return { file: files[0]!, keys, policy, json }
}

const marks: Readonly<Record<Check['state'], string>> = { ok: '✓', failed: '✗', unjudged: '？' }
const verdicts: Readonly<Record<Report['verdict'], string>> = {
  valid: '真实完整',
  invalid: '不可采信',
  unjudged: '无法下结论',
}

const inWords = (r: Report): string =>
  [
    `【${verdicts[r.verdict]}】${r.says}。`,
    ...(r.facts.length > 0 ? ['', ...r.facts.map((f) => `  ${f.term}：${f.value}`)] : []),
    '',
    ...r.checks.flatMap((c) => [
      `${marks[c.state]} ${c.says}`,
      ...(c.detail ?? []).slice(0, 20).map((d) => `    ${d}`),
    ]),
    ...(r.kind === 'certificate' && r.verdict !== 'invalid'
      ? ['', '以上证明登记和发证属实。此后是否变更、注销或者撤销，须在登记平台查询。']
      : []),
  ].join('\n')

const asked = parse(process.argv.slice(2))
const trust = ((): Trust => {
  try {
    const keys = asked.keys.map((k) => read(k).toString('utf8')).join('\n')
    return readTrust(keys, asked.policy === undefined ? undefined : read(asked.policy).toString('utf8'))
  } catch (e) {
    return end((e as Error).message)
  }
})()
const report = verify(read(asked.file), trust)
process.stdout.write(`${asked.json ? JSON.stringify(report, null, 2) : inWords(report)}\n`)
process.exitCode = { valid: 0, invalid: 1, unjudged: 2 }[report.verdict]
