import type { LogEntry, PublicLogs } from '#contract'
import { useQuery } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { get } from '../api.ts'
import { Trouble } from '../ui/Trouble.tsx'
import { momentOf } from '../ui/day.ts'
import { Offline } from './Verify.tsx'
import { Copy, Page, Waiting } from './parts.tsx'
import { grouped } from './words.ts'

type Log = PublicLogs['logs'][number]

const holds = {
  register: '登记的每一步办理一条：申请、受理、审核、公示、赋码、变更、注销……',
  access: '每次登录、被拒绝的操作和对未公开内容的查阅一条。',
} as const
const hashes = { sha256: 'SHA-256，Ed25519 签名', sm3: 'SM3，SM2 签名（国密）' } as const
/** Taking in is a matter of a second: who waits longer than this many seconds waits for something that does not work. */
const patience = 10

/** 公开日志: how the transparency logs stand, who witnesses them, and how anyone checks them without asking us. */
export const Logs = () => {
  const answer = useQuery({
    queryKey: ['public', 'logs'],
    queryFn: ({ signal }) => get<PublicLogs>('/public/logs', undefined, signal),
    refetchInterval: 30_000,
  })
  const data = answer.data
  const alarms = data?.witnesses.filter((w) => w.alarm !== undefined) ?? []
  const growing = data?.logs.filter((l) => l.frozen === undefined) ?? []
  const frozen = data?.logs.filter((l) => l.frozen !== undefined) ?? []
  return (
    <Page
      title="公开日志"
      lead="登记办理和对未公开内容的每一次查阅，都在办理的同时写入只能增加、不能改动的日志，并由登记平台签名。日志里只有摘要，看不出事项内容；但谁手里有一份记录，谁就能据此证明它一字未改。"
    >
      {answer.isError && <Trouble error={answer.error} again={() => void answer.refetch()} />}
      {answer.isPending && <Waiting rows={10} />}
      {data && growing.length === 0 && (
        <p className="p-note warn">日志还没有开始。首次启动后台任务时建立，建立后这里列出其公钥和检查点。</p>
      )}
      {alarms.map((w) => (
        <div key={`${w.log} ${w.key}`} className="p-note bad" role="alert">
          <b>
            见证方“{w.name}”报警：{data?.logs.find((l) => l.name === w.log)?.term ?? w.log}与它的记忆不符
          </b>
          <p>
            {w.alarm}
            。这意味着日志被改写、截短，或数据库被换回了较早的状态；查明以前，请勿只凭本平台的签名采信新的记录，并请保存好您手中的检查点和回执。
          </p>
        </div>
      ))}
      <div className="p-logs">
        {growing.map((l) => (
          <LogSheet key={l.name} log={l} all={data!.logs} />
        ))}
      </div>
      {data && growing.length > 0 && <Witnesses data={data} />}
      {data && growing.length > 0 && <Lookup logs={data.logs} />}
      {frozen.length > 0 && (
        <section className="p-part">
          <h2>已封存的日志</h2>
          <p className="sub">更换密钥时封存，不再增加；它的最后一个检查点就是接续日志的第 1 条，以前的证明仍然有效。</p>
          <div className="p-logs">
            {frozen.map((l) => (
              <LogSheet key={l.name} log={l} all={data!.logs} />
            ))}
          </div>
        </section>
      )}
      <Offline title="自己核对">
        <p className="muted small">
          也可以直接在<Link to="/verify">核验</Link>
          页选择登记证、证据包或存证回执，文件不会上传。日志采用通用格式（C2SP tlog-tiles，RFC 6962
          哈希树），现有的工具可直接读取。
        </p>
      </Offline>
    </Page>
  )
}

const stateOf = (l: Log): { readonly tone: string; readonly term: string } =>
  l.frozen !== undefined
    ? { tone: '', term: '已封存' }
    : l.seconds > patience
      ? { tone: 'warn', term: `收录落后 ${l.waiting} 条` }
      : { tone: 'ok', term: '收录及时' }

const LogSheet = ({ log: l, all }: { log: Log; all: readonly Log[] }) => {
  const state = stateOf(l)
  const after = all.find((x) => x.follows === l.name)
  return (
    <section className="p-sheet p-log" aria-label={l.term}>
      <h2>
        <span className="grow">{l.term}</span>
        <span className={`chip ${state.tone}`}>{state.term}</span>
      </h2>
      <p className="p-pad sub small">
        {l.hash === 'sm3'
          ? `条目与${l.source === 'register' ? '登记' : '访问'}日志相同，另用国密算法计算和签名。`
          : holds[l.source]}
      </p>
      <dl>
        <div>
          <dt>条数</dt>
          <dd>
            <b>{l.size.toLocaleString('zh-CN')}</b>
            {l.frozen === undefined && l.waiting > 0 && (
              <span className="muted small">
                {' '}
                另有 {l.waiting} 条待收录{l.seconds > patience && `，最早的已等 ${l.seconds} 秒`}
              </span>
            )}
            {l.below > 0 && <span className="muted small"> 前 {l.below} 条的正文已按保存期限删除</span>}
          </dd>
        </div>
        <div>
          <dt>最新检查点</dt>
          <dd>{l.at === '' ? '还没有签署' : <time dateTime={l.at}>{momentOf(l.at)}</time>}</dd>
        </div>
        {l.root !== '' && (
          <div>
            <dt>根哈希</dt>
            <dd>
              <span className="p-digest">{l.root}</span>
              <Copy text={l.root} what={`${l.term}的根哈希`} />
            </dd>
          </div>
        )}
        <div>
          <dt>签名公钥</dt>
          <dd>
            <span className="p-digest">{l.key}</span>
            <Copy text={l.key} what={`${l.term}的公钥`} />
          </dd>
        </div>
        <div>
          <dt>算法</dt>
          <dd>{hashes[l.hash]}</dd>
        </div>
        <div>
          <dt>见证</dt>
          <dd>
            {l.hash === 'sm3'
              ? '见证方只副署 SHA-256 的日志'
              : l.witnessed === 0
                ? '尚无足够的副署'
                : `前 ${l.witnessed.toLocaleString('zh-CN')} 条已由见证方副署`}
          </dd>
        </div>
        {l.follows !== undefined && (
          <div>
            <dt>接续</dt>
            <dd>接续日志 {l.follows}，其最后一个检查点是本日志第 1 条</dd>
          </div>
        )}
        {after && (
          <div>
            <dt>由谁接续</dt>
            <dd>日志 {after.name}</dd>
          </div>
        )}
        <div>
          <dt>标准文件</dt>
          <dd className="p-files">
            <a href={`/log/${l.name}/checkpoint`}>检查点</a>
            <a href={`/log/${l.name}/key`}>公钥</a>
            <a
              href={`/log/${l.name}/tile/0/000${l.size >= 256 ? '' : `.p/${l.size}`}`}
              download={`${l.name}-tile-0-000`}
            >
              首个哈希块
            </a>
          </dd>
        </div>
      </dl>
    </section>
  )
}

// ── witnesses ──────────────────────────────────────────────────────────────────────────────────────────────────

const Witnesses = ({ data }: { data: PublicLogs }) => {
  return (
    <section className="p-part">
      <h2>见证</h2>
      <p className="sub p-lead">
        签名只能证明登记平台这样说过。见证方是别的单位运行的独立程序：记住上次见到的检查点，只为由它增长而来的新检查点副署，所以日志被改写、截短或者对不同的人出示不同内容，都会被发现。
        <b>与日志同在一台机器、归同一管理员的见证方，对这位管理员什么也不证明。</b>
      </p>
      {data.witnesses.length === 0 ? (
        <p className="p-note warn">
          目前没有见证方。在有外部见证以前，请自己定期保存上面的检查点：只有留在别处的检查点能证明日志没有被整体替换。
        </p>
      ) : (
        <div className="p-tablebox">
          <table className="p-table p-stack">
            <caption className="unseen">见证方</caption>
            <thead>
              <tr>
                <th scope="col">见证方</th>
                <th scope="col">日志</th>
                <th scope="col">已副署</th>
                <th scope="col">副署时间</th>
                <th scope="col">状况</th>
              </tr>
            </thead>
            <tbody>
              {data.witnesses.map((w) => (
                <tr key={`${w.log} ${w.key}`}>
                  <th scope="row">
                    <b>{w.name}</b> <span className="muted small p-mono">{w.key.split('+')[0]}</span>
                  </th>
                  <td data-term="日志">{data.logs.find((l) => l.name === w.log)?.term ?? w.log}</td>
                  <td data-term="已副署">{w.size === 0 ? '尚未副署' : `${w.size.toLocaleString('zh-CN')} 条`}</td>
                  <td data-term="副署时间" className="p-nowrap">
                    {w.at === undefined ? '—' : <time dateTime={w.at}>{momentOf(w.at)}</time>}
                  </td>
                  <td data-term="状况">
                    {w.alarm !== undefined ? (
                      <span className="chip bad">与记忆不符</span>
                    ) : w.failed ? (
                      <span className="chip warn">没有应答，落后 {w.behind} 条</span>
                    ) : w.behind > 0 ? (
                      <span className="chip">落后 {w.behind} 条</span>
                    ) : (
                      <span className="chip ok">跟上</span>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <p className="muted small p-after">
            {data.least > 0 ? `一个检查点至少要 ${data.least} 家副署才算已见证。` : '现行策略不要求副署。'}
            见证方的公钥请向其本人索取，不要用这里转交的。
          </p>
        </div>
      )}
    </section>
  )
}

// ── one entry ──────────────────────────────────────────────────────────────────────────────────────────────────

const Lookup = ({ logs }: { logs: readonly Log[] }) => {
  const [params, setParams] = useSearchParams()
  const place = params.get('place') ?? ''
  const log = logs.some((l) => l.name === params.get('log')) ? params.get('log')! : (logs[0]?.name ?? '')
  const [text, setText] = useState(place)
  const submit = (e: FormEvent): void => {
    e.preventDefault()
    setParams({ log, place: text.replace(/\D/g, '') }, { preventScrollReset: true })
  }
  return (
    <section className="p-part p-lookup p-screen" aria-labelledby="lookup">
      <h2 id="lookup">查一条</h2>
      <p className="sub">
        输入回执或办理经过中的“第 N
        条”，查看日志里这一条的摘要。日志只说这么多：它与您手中记录的摘要相同，记录就是真的。
      </p>
      <form onSubmit={submit}>
        <select
          aria-label="哪个日志"
          value={log}
          onChange={(e) =>
            setParams(place ? { log: e.target.value, place } : { log: e.target.value }, { preventScrollReset: true })
          }
        >
          {logs.map((l) => (
            <option key={l.name} value={l.name}>
              {l.term}
            </option>
          ))}
        </select>
        <label>
          第
          <input
            inputMode="numeric"
            aria-label="第几条"
            value={text}
            onChange={(e) => setText(e.target.value)}
            maxLength={15}
            autoComplete="off"
          />
          条
        </label>
        <button type="submit">查看</button>
      </form>
      <div aria-live="polite">{place !== '' && <Entry log={log} place={place} />}</div>
    </section>
  )
}

const Entry = ({ log, place }: { log: string; place: string }) => {
  const answer = useQuery({
    queryKey: ['public', 'logs', log, place],
    queryFn: ({ signal }) =>
      get<LogEntry>(`/public/logs/${log}/entries/${encodeURIComponent(place)}`, undefined, signal),
  })
  if (answer.isError) return <Trouble error={answer.error} again={() => void answer.refetch()} />
  if (!answer.data) return <Waiting rows={2} />
  const e = answer.data
  return (
    <dl className="p-entry">
      <div>
        <dt>第 {e.place} 条</dt>
        <dd>
          {e.begins === undefined ? (
            <>
              <span className="p-digest">{grouped(e.entry)}</span>
              <Copy text={e.entry} what="摘要" />
            </>
          ) : (
            <>
              所接续日志的最后一个检查点
              <pre>{e.begins}</pre>
            </>
          )}
        </dd>
      </div>
      <div>
        <dt>所在的文件</dt>
        <dd>
          <a href={e.entries} download={e.entries.slice(5).replaceAll('/', '-')}>
            {e.entries}
          </a>
          （条目）
          <br />
          <a href={e.tile} download={e.tile.slice(5).replaceAll('/', '-')}>
            {e.tile}
          </a>
          （哈希）
        </dd>
      </div>
    </dl>
  )
}
