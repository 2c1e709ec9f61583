// Pages of a bundle for people: what it holds, to be read, printed and stamped, and how to check it by hand.

export interface SummaryStep {
  /** Place in its log, in words. */
  readonly place: string
  /** SHA-256 of the body, hex. */
  readonly digest: string
  readonly term: string
  readonly at: string
  readonly by: string
  readonly org: string
  /** Article the step rests on. */
  readonly basis: string
  readonly fields: readonly { readonly term: string; readonly value: string }[]
}
export interface Summary {
  readonly title: string
  readonly facts: readonly { readonly term: string; readonly value: string }[]
  readonly groups: readonly { readonly title: string; readonly steps: readonly SummaryStep[] }[]
  readonly logs: readonly {
    readonly term: string
    readonly origin: string
    readonly size: number
    readonly root: string
  }[]
  readonly documents: readonly { readonly name: string; readonly sha256: string; readonly size: number }[]
}

const escape = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)
/** A moment in Beijing time, counted from what ISO 8601 says in UTC; anything else stays as it is. */
export const inBeijing = (at: string): string => {
  const [, day, hour, rest] = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2}:\d{2})(?:\.\d+)?Z$/.exec(at) ?? []
  if (day === undefined) return at
  const h = Number(hour) + 8
  if (h < 24) return `${day} ${String(h).padStart(2, '0')}:${rest}`
  const [y, m, d] = day.split('-').map(Number) as [number, number, number]
  const leap = (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][m - 1]!
  const next = d < days ? [y, m, d + 1] : m < 12 ? [y, m + 1, 1] : [y + 1, 1, 1]
  return `${next.map((n) => String(n).padStart(2, '0')).join('-')} ${String(h - 24).padStart(2, '0')}:${rest}`
}
const hex = (digest: string): string => digest.replace(/.{8}(?=.)/g, '$& ')

const style = `
@page{size:A4;margin:20mm 18mm}
*{box-sizing:border-box}
body{max-width:46rem;margin:2.5rem auto;padding:0 1.2rem;color:#1b2430;background:#fff;font:15px/1.7 "Songti SC","SimSun","Noto Serif CJK SC",serif}
h1{margin:0;text-align:center;font-size:1.8rem;letter-spacing:.08em}
h1+p{margin:.3rem 0 1.6rem;text-align:center;color:#5f6b7a}
h2{margin:2rem 0 .6rem;padding-bottom:.25rem;border-bottom:1.5px solid #1f4e9e;font-size:1.1rem}
h3{margin:1.3rem 0 .4rem;font-size:1rem}
dl{margin:0;display:grid;grid-template-columns:8rem 1fr;border-top:1px solid #e3e7ec}
dt,dd{margin:0;padding:.32rem 0;border-bottom:1px solid #e3e7ec}dt{color:#5f6b7a}dd{overflow-wrap:anywhere}
ol{list-style:none;margin:0;padding:0}
li.step{padding:.7rem 0 .8rem;border-bottom:1px solid #e3e7ec;break-inside:avoid-page}
.step b{font-size:1.05rem}.step p{margin:.1rem 0}.soft{color:#5f6b7a}
.fields{margin:.4rem 0 .2rem;font-size:.93rem}.fields dl{grid-template-columns:13rem 1fr}
code{font:12px/1.5 "DejaVu Sans Mono",Consolas,monospace;overflow-wrap:anywhere}
.two{display:grid;grid-template-columns:1fr 1fr;gap:0 2rem}.two ul{margin:.2rem 0;padding-left:1.2rem}
.stamp{margin-top:3rem;display:flex;justify-content:flex-end;break-inside:avoid}
.stamp div{width:17rem;height:9rem;padding:.8rem 1rem;border:1px dashed #b3261e;color:#5f6b7a;text-align:center}
@media print{body{margin:0;max-width:none;padding:0;font-size:10.5pt}code{font-size:8pt}}
@media(max-width:40rem){.two{display:block}dl,.fields dl{grid-template-columns:6rem 1fr}}
`
const definitions = (facts: Summary['facts']): string =>
  `<dl>${facts.map((f) => `<dt>${escape(f.term)}</dt><dd>${escape(inBeijing(f.value))}</dd>`).join('')}</dl>`

const stepHtml = (s: SummaryStep): string =>
  `<li class="step"><p><b>${escape(s.term)}</b>&emsp;${escape(inBeijing(s.at))}</p>` +
  `<p>${escape([s.by, s.org].filter((x, i, all) => x !== '' && all.indexOf(x) === i).join(' '))}${s.basis ? `<span class="soft">&emsp;依据 ${escape(s.basis)}</span>` : ''}</p>` +
  (s.fields.length > 0 ? `<div class="fields">${definitions(s.fields)}</div>` : '') +
  `<p class="soft">${escape(s.place)}&emsp;<code>${hex(s.digest)}</code></p></li>`

/** A page of HTML that stands alone: 何人、何时、依据什么、办了什么、在日志的哪里. */
export const summaryPage = (s: Summary): string =>
  `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escape(s.title)} · 证据包说明</title><style>${style}</style></head><body>
<h1>证据包说明</h1><p>${escape(s.title)}</p>
${definitions(s.facts)}
<h2>经过</h2>
${s.groups.map((g) => `<h3>${escape(g.title)}（${g.steps.length} 步）</h3><ol>${g.steps.map(stepHtml).join('\n')}</ol>`).join('\n')}
${s.documents.length > 0 ? `<h2>所附文件</h2><dl>${s.documents.map((d) => `<dt>${escape(d.name)}</dt><dd>${d.size} 字节&emsp;<code>${hex(d.sha256)}</code></dd>`).join('')}</dl>` : ''}
<h2>日志</h2>
${s.logs
  .map((l) =>
    definitions([
      { term: l.term, value: l.origin },
      { term: '检查点', value: `共 ${l.size} 条` },
      { term: '根哈希', value: l.root },
    ]),
  )
  .join('\n')}
<h2>证明什么，不证明什么</h2>
<div class="two"><div><p>核验通过，即证明</p><ul>
<li>上列每一步在检查点签署之前已经写入日志，此后一字未改；</li>
<li>披露的内容就是办理当时填报的内容；</li>
<li>说明和清单由登记平台制作，制作一事也记在访问日志。</li>
</ul></div><div><p>不能证明</p><ul>
<li>填报的内容本身属实；</li>
<li>没有写入日志的事没有发生；</li>
<li>检查点之后没有新的办理；</li>
<li>没有副署时，日志对所有人都是同一份。</li>
</ul></div></div>
<p class="soft">核验：<code>node gongshu-verify.mjs 证据包.zip --key 公钥文件</code>，或在登记平台“核验”页选择本文件，不必上传。只用通用命令核对的方法见 VERIFY.md。</p>
<div class="stamp"><div>（出具机构盖章）</div></div>
</body></html>
`

/** VERIFY.md: the same checks by hand, with tools that any system has. */
export const verifyGuide = `# 手工核对

不用任何专门程序，只用 sha256sum、openssl、xxd、jq、unzip 核对本证据包。核对之前，请从可靠途径取得日志的公钥
（登记平台的 /log/register/key，或您早先保存的），不要只用包内 keys/ 中的。

## 1. 清单

清单 manifest.json 写明了其余每个文件的 SHA-256（issued/ 除外，它证明清单自身）：

\`\`\`sh
export LC_ALL=C.UTF-8    # 文件名含汉字
unzip -q 证据包.zip -d bundle && cd bundle
jq -r '.files | to_entries[] | "\\(.value)  \\(.key)"' manifest.json | sha256sum -c
\`\`\`

## 2. 一条记录在日志之中

\`entries/日志/序号.json\` 是记录正文（规范 JSON），其 SHA-256 是日志的条目；\`proofs/\` 下同名文件是证明。

\`\`\`sh
entry_file=entries/register/000000000000.json     # 换成要核对的一条
proof=proofs/register/000000000000.tlog-proof
hash() { xxd -r -p | sha256sum | cut -c1-64; }
entry=$(sha256sum < "$entry_file" | cut -c1-64)
node=$(printf '00%s' "$entry" | hash)
n=$(sed -n 's/^index //p' "$proof")
size=$(sed '1,/^$/d' "$proof" | sed -n 2p)
last=$((size - 1))
for p in $(sed -n '/^index /,/^$/p' "$proof" | sed '1d;$d'); do
  p=$(printf %s "$p" | openssl base64 -d -A | xxd -p -c 64)
  if [ $((n % 2)) = 1 ] || [ "$n" = "$last" ]; then
    node=$(printf '01%s%s' "$p" "$node" | hash)
    while [ $((n % 2)) = 0 ] && [ "$n" != 0 ]; do n=$((n / 2)); last=$((last / 2)); done
  else
    node=$(printf '01%s%s' "$node" "$p" | hash)
  fi
  n=$((n / 2)); last=$((last / 2))
done
root=$(sed '1,/^$/d' "$proof" | sed -n 3p | openssl base64 -d -A | xxd -p -c 64)
[ "$node" = "$root" ] && echo 记录在这个检查点之内
\`\`\`

## 3. 检查点的签名

\`\`\`sh
key=keys/register.vkey          # 请换成您另行取得的公钥文件
sed -n '1,3p' checkpoints/register > text
origin=$(sed -n 1p text)
sed '1,/^$/d' checkpoints/register | grep -F "— $origin " | head -1 | sed 's/.* //' | openssl base64 -d -A | tail -c +5 > signature
{ printf 302a300506032b6570032100 | xxd -r -p; tail -1 "$key" | cut -d+ -f3- | openssl base64 -d -A | tail -c +2; } |
  openssl pkey -pubin -inform DER -out key.pem
openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in text -sigfile signature
\`\`\`

## 4. 披露的内容

正文的 \`sealed\` 里，每个字段是一个承诺值：SHA-256(02 ‖ 标签长度（2 字节）‖ 标签 ‖ 盐 ‖ 规范 JSON)，标签是“正文的 type.字段名”。
\`disclosed/\` 下同名文件给出盐和内容：

\`\`\`sh
disclosed=disclosed/register/000000000000.json
field=$(jq -r 'keys[0]' "$disclosed")
tag="$(jq -r .type "$entry_file").$field"
{ printf '02%04x' "$(printf %s "$tag" | wc -c)" | xxd -r -p; printf %s "$tag"
  jq -r --arg f "$field" '.[$f][0]' "$disclosed" | xxd -r -p
  jq -cS --arg f "$field" '.[$f][1]' "$disclosed" | tr -d '\\n'; } | sha256sum
jq -r --arg f "$field" '.sealed[$f]' "$entry_file"      # 应与上一行相同
\`\`\`

## 5. 制作记录

\`issued/access.json\` 是制作证据包这件事的访问日志条目，其中 \`manifest\` 应等于 \`sha256sum manifest.json\`；
\`issued/access.tlog-proof\` 按第 2、3 步核对。
`
