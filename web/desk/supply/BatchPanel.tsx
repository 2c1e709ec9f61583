import './supply.css'
import type { BatchHops, CaseView } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { Button, Progress as Bar } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { Link } from 'react-router'
import { get, problemOf, useClock, useMe } from '../../api.ts'
import { FileLink } from '../../ui/files.tsx'
import { afterAct } from '../queries.ts'
import { Gates, Hops } from './parts.tsx'
import { sendFile, type Sending } from './send.ts'

const megabytes = (bytes: number): string =>
  `${(bytes / 2 ** 20).toLocaleString('zh-CN', { maximumFractionDigits: 1 })} MB`

/** Beside what every case shows: where the data is on its way and who answers for it, what stands in its way, and its upload. */
export const BatchPanel = ({ view }: { view: CaseView }) => {
  const today = useClock()?.day
  const me = useMe()
  const { data } = useQuery({
    queryKey: ['case', 'batches', view.id, 'hops', view.version],
    queryFn: ({ signal }) => get<BatchHops>(`/batches/${view.id}/hops`, undefined, signal),
  })
  const mine =
    view.kind === 'file' &&
    ['open', 'receiving'].includes(view.state) &&
    me?.duties.includes('handler') === true &&
    view.seats.some((s) => s.seat === 'source' && s.mine)
  const shut = data?.gates.filter((g) => !g.open) ?? []
  return (
    <>
      {mine && <Upload id={view.id} going={view.state === 'receiving'} />}
      <Found view={view} />
      {data && (
        <>
          <section className="card" aria-labelledby="way">
            <header className="card-head">
              <h2 id="way">交接与安全主体责任</h2>
            </header>
            <Hops hops={data.hops} today={today} />
          </section>
          <section className="card" aria-labelledby="gates">
            <header className="card-head">
              <h2 id="gates">供数的前提</h2>
              <span className={`chip ${shut.length === 0 ? 'ok' : 'warn'}`}>
                {shut.length === 0 ? '齐备' : `缺 ${shut.length} 项，办理暂停`}
              </span>
              <span className="grow" />
              <Link to={`/desk/supply/${data.agreement.id}`} className="small">
                {data.agreement.title}
              </Link>
            </header>
            <div className="item-body">
              <Gates gates={data.gates} />
            </div>
          </section>
          {data.masking.length > 0 && (
            <section className="card" aria-labelledby="masking">
              <header className="card-head">
                <h2 id="masking">入库时的脱敏</h2>
                <span className="muted small">没有列出的信息项照原样提供</span>
              </header>
              <table className="cases plain tight">
                <tbody>
                  {data.masking.map((m) => (
                    <tr key={m.name}>
                      <th scope="row">{m.name}</th>
                      <td>{m.method}</td>
                      <td className="sub">{m.reason}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
          )}
        </>
      )}
    </>
  )
}

const told = ['items', 'complete', 'copied', 'rows', 'size', 'sha256', 'sm3', 'code', 'says', 'score']
/** What checking or syncing has found, with the report that goes with the batch. */
const Found = ({ view }: { view: CaseView }) => {
  const last = [...view.timeline].reverse().find((t) => ['checked', 'quarantine', 'synced', 'again'].includes(t.act))
  if (!last || last.act === 'again') return null
  const report = last.detail.find((d) => d.key === 'report')?.files?.[0]
  return (
    <section className="card" aria-label={last.term}>
      <header className="card-head">
        <h2>{last.term}</h2>
        <span className="grow" />
        {report && <FileLink file={view.files[report]} inCase={view.id} />}
      </header>
      <dl className="found">
        {last.detail
          .filter((d) => told.includes(d.key) && d.text !== undefined && d.text !== '')
          .map((d) => (
            <div key={d.key}>
              <dt>{d.term}</dt>
              <dd className={['sha256', 'sm3'].includes(d.key) ? 'code' : ''}>
                {/^\d+$/.test(d.text ?? '') ? Number(d.text).toLocaleString('zh-CN') : d.text}
              </dd>
            </div>
          ))}
      </dl>
    </section>
  )
}

const Upload = ({ id, going }: { id: string; going: boolean }) => {
  const input = useRef<HTMLInputElement>(null)
  const [now, setNow] = useState<Sending>()
  const [trouble, setTrouble] = useState<string>()
  const stopping = useRef<AbortController>(undefined)
  useEffect(() => () => stopping.current?.abort(), [])
  const start = async (file: File | undefined): Promise<void> => {
    if (!file) return
    setTrouble(undefined)
    const stop = new AbortController()
    stopping.current = stop
    setNow({ sent: 0, size: file.size, waiting: false })
    try {
      await sendFile(id, file, setNow, stop.signal)
      await afterAct()
    } catch (error) {
      if (!stop.signal.aborted) setTrouble(problemOf(error).title)
    } finally {
      setNow(undefined)
    }
  }
  return (
    <section className="card upload" aria-label="上传数据文件">
      {now ? (
        <div role="status">
          <p>
            {now.waiting ? '网络不通，正在等待恢复' : '正在上传'}
            <span className="muted">
              {' '}
              {megabytes(now.sent)} / {megabytes(now.size)}
            </span>
          </p>
          <Bar percent={now.size === 0 ? 0 : Math.floor((now.sent * 100) / now.size)} aria-label="上传进度" />
          <p className="muted small">离开本页会停下；回来后选择同一个文件，从停下的地方继续。</p>
        </div>
      ) : (
        <>
          <p>
            {going
              ? '上传没有完成。选择同一个文件，从停下的地方继续；要换文件，请先“放弃本次传送”。'
              : 'CSV、Parquet（64 GB 以内）或 Excel（.xlsx，100 MB 以内）。逐段校验，中断后可以继续。'}
          </p>
          <Button type="primary" onClick={() => input.current?.click()}>
            {going ? '继续上传' : '选择文件并上传'}
          </Button>
        </>
      )}
      {trouble && (
        <p className="bad-text" role="alert">
          {trouble}
        </p>
      )}
      <input
        ref={input}
        type="file"
        hidden
        aria-label="数据文件"
        accept=".csv,.parquet,.xlsx"
        onChange={(e) => {
          void start(e.target.files?.[0])
          e.target.value = ''
        }}
      />
    </section>
  )
}
