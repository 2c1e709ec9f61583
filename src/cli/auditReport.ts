import type { AuditReport } from '#application'

const escape = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c)

/** The audit on paper: what was checked and found, what it does not prove, and room for name, date and seal. */
export const auditPage = (r: AuditReport): string => {
  const rows = r.logs
    .map(
      (
        l,
      ) => `<tr><td>${escape(l.origin)}</td><td class=n>${l.from}</td><td class=n>${l.entries}</td><td class=n>${l.checkpoints}</td>
<td class=h>${escape(l.root)}</td><td>${l.problems.length === 0 ? '全部相符' : `${l.problems.length} 处不符`}</td></tr>`,
    )
    .join('\n')
  const problems = [
    ...r.logs.flatMap((l) => l.problems.map((p) => `日志 ${l.log}：${p}`)),
    ...r.projections.differences.map((d) => `办件 ${d.stream}：${d.what} 与登记日志推导的结果不同`),
  ]
  return `<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<title>登记日志审计报告</title>
<style>
@page { size: A4; margin: 22mm 18mm }
body { font: 11pt/1.7 "Songti SC", "Source Han Serif SC", "Noto Serif CJK SC", SimSun, serif; max-width: 190mm; margin: 2em auto; color: #111 }
h1 { font-size: 18pt; text-align: center; letter-spacing: .2em }
h2 { font-size: 12pt; margin-top: 1.6em }
table { border-collapse: collapse; width: 100%; font-size: 9.5pt }
td, th { border: 1px solid #555; padding: .3em .5em; text-align: left; vertical-align: top }
.n { text-align: right; font-variant-numeric: tabular-nums }
.h { font-family: monospace; word-break: break-all }
.sign td { height: 22mm; width: 33% }
li { break-inside: avoid }
</style>
<h1>登记日志审计报告</h1>
<p>系统：${escape(r.url)}&emsp;&emsp;审计时间：${escape(r.at)}</p>
<p><strong>结论：${r.ok ? '全部相符，未发现改动、遗失或插入。' : `发现 ${problems.length} 处不符，见第三部分。`}</strong></p>
<h2>一、日志</h2>
<p>由每一条记录的正文重新计算全部条目、哈希块、根哈希与签名，并与所存、所签及另行保存的检查点逐一比对；“起”为本次接续的上次审计末尾，其前的内容以上次的检查点核对。</p>
<table><tr><th>日志</th><th>起</th><th>条数</th><th>检查点</th><th>根哈希（base64）</th><th>结果</th></tr>
${rows}
</table>
<h2>二、现状</h2>
<p>由登记日志重新推导办件 ${r.projections.cases} 件、记录 ${r.projections.events} 条的现状、期限、唯一性占用及全部公开数据，${
    r.projections.differences.length === 0 ? '与所存完全一致' : `有 ${r.projections.differences.length} 处不一致`
  }。</p>
<h2>三、不符之处</h2>
${problems.length === 0 ? '<p>无。</p>' : `<ol>${problems.map((p) => `<li>${escape(p)}</li>`).join('\n')}</ol>`}
<h2>四、本报告不能证明的</h2>
<p>从未写入日志的事不在其中；是否有人看到过另一份日志，须以各见证方保存的检查点比对。请把本报告的根哈希与见证方、对账各方所存的检查点核对后签字。</p>
<table class=sign><tr><td>审计人员（签字）</td><td>复核人员（签字）</td><td>单位（盖章）&emsp;&emsp;&emsp;&emsp;年&emsp;月&emsp;日</td></tr></table>
</html>
`
}
