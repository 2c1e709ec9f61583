import type { Overview, PublicRecord } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import type { ReactNode } from 'react'
import { Link, useParams } from 'react-router'
import { get, problemOf } from '../api.ts'
import { daysBetween } from '../ui/day.ts'
import { StateChip } from '../ui/chips.tsx'
import { Trouble } from '../ui/Trouble.tsx'
import { Correction } from './Correction.tsx'
import { Copy, DemoChip, Nothing, Seal, Titled, Uscc, Waiting } from './parts.tsx'
import { grouped, longDay } from './words.ts'

export const Record = () => {
  const { code = '' } = useParams()
  const record = useQuery({
    queryKey: ['public', 'record', code],
    queryFn: ({ signal }) => get<PublicRecord>(`/public/records/${encodeURIComponent(code)}`, undefined, signal),
  })
  const overview = useQuery({
    queryKey: ['public', 'overview'],
    queryFn: ({ signal }) => get<Overview>('/public/overview', undefined, signal),
  })

  if (record.isError)
    return problemOf(record.error).status === 404 ? (
      <Nothing title="登记簿里没有这个登记码" says={<span className="p-mono">{code}</span>}>
        <ul>
          <li>请逐位核对登记码；尚未赋码的申请不在登记簿内</li>
          <li>
            手上有登记证的，请<Link to="/verify">上传核验</Link>
          </li>
          <li>
            按名称<Link to="/">查询登记簿</Link>
          </li>
        </ul>
      </Nothing>
    ) : (
      <div className="p-wrap p-page">
        <Trouble error={record.error} again={() => void record.refetch()} />
      </div>
    )
  if (!record.data)
    return (
      <div className="p-wrap p-page">
        <Waiting rows={10} />
      </div>
    )
  return <Sheet record={record.data} today={overview.data?.day} />
}

const Sheet = ({ record: r, today }: { record: PublicRecord; today: string | undefined }) => {
  const files = `/api/public/records/${encodeURIComponent(r.code)}`
  const ended = r.state === 'deregistered' || r.state === 'revoked'
  // what the head and the first table already say is not said twice
  const said = [r.name, r.holder, r.summary]
  const detail = r.detail.filter((d) => !said.includes(d.value))
  const groups = [...new Set(detail.map((d) => d.group))]
  return (
    <article className="p-wrap p-page p-record">
      <Titled title={r.name} />
      <div className="p-crumbs">
        <Link to="/">登记簿</Link> / {r.objectTerm}
      </div>
      <p className="p-printhead">公共数据资源登记信息</p>
      <header className="p-rhead">
        <div className="grow">
          <h1>{r.name}</h1>
          <div className="line">
            <span className="chip blue">{r.objectTerm}</span>
            <StateChip state={r.state} term={r.stateTerm} />
            {r.demo && <DemoChip />}
          </div>
          <p className="p-summary">{r.summary}</p>
        </div>
        {r.state === 'valid' && <Seal demo={r.demo} big />}
      </header>
      <StateBanner record={r} />

      <div className="p-two">
        <div className="p-main">
          <section className="p-sheet">
            <h2>登记信息</h2>
            <dl>
              <Row term="登记结果查询码" onPaper>
                <span className="p-mono">{r.code}</span>
              </Row>
              {r.localCode && r.localCode !== r.code && (
                <Row term="本地标识码">
                  <span className="p-mono">{r.localCode}</span>
                </Row>
              )}
              <Row term="登记主体">{r.holder}</Row>
              <Row term="统一社会信用代码">
                <Uscc value={r.holderUscc} />
              </Row>
              <Row term="登记机构">{r.registrar}</Row>
              <Row term="登记地区">{r.divisionName}</Row>
              <Row term="有效期">
                <span className="p-nowrap">{longDay(r.validFrom)}</span>至
                <span className="p-nowrap">{longDay(r.validTo)}</span>
                {!ended && today && <Left days={daysBetween(today, r.validTo)} />}
              </Row>
              <Row term="登记簿版本">
                第 {r.version} 版 <span className="muted">· 更新于 {r.updated}</span>
              </Row>
            </dl>
          </section>
          {groups.map((group) => (
            <section className="p-sheet" key={group}>
              <h2>{group}</h2>
              <dl>
                {detail
                  .filter((d) => d.group === group)
                  .map((d) => (
                    <Row key={d.term} term={d.term}>
                      {d.value}
                    </Row>
                  ))}
              </dl>
            </section>
          ))}
          <section className="p-sheet">
            <h2>登记证与核验</h2>
            {r.certificate ? (
              <dl>
                <Row term="登记证 SHA-256">
                  <Digest value={r.certificate.sha256} what="SHA-256 摘要" />
                </Row>
                <Row term="登记证 SM3">
                  <Digest value={r.certificate.sm3} what="SM3 摘要" />
                </Row>
                <Row term="说明">摘要针对发放时的登记证，不含下载时附上的登记证据；核验页会把两者分开。</Row>
              </dl>
            ) : (
              <p className="p-pad sub">登记证正在生成或尚未发放，登记信息以本页为准。</p>
            )}
            <ol className="p-steps p-screen">
              <li>
                在<Link to={`/verify?code=${encodeURIComponent(r.code)}`}>核验页</Link>
                输入登记码，或扫描登记证上的二维码，看登记簿现在怎么说。
              </li>
              <li>
                把收到的登记证 PDF 拖进<Link to="/verify">核验页</Link>
                ，浏览器在本机计算摘要并与登记簿比对，文件不离开本机。
              </li>
              <li>
                不用本网站也能算：<code>sha256sum 登记证.pdf</code>，结果应与上面的 SHA-256 逐位相同。
              </li>
            </ol>
          </section>
          {!ended && <Correction record={r} />}
        </div>

        <aside className="p-side" aria-label="登记码与登记证">
          <div className="p-code">
            <div>
              <span className="sub">登记结果查询码</span>
              <b>{r.code}</b>
              <Copy text={r.code} what="登记码" />
            </div>
            <figure>
              <img src={`${files}/qr.svg`} alt="核验二维码，内容为本登记的核验网址" width={148} height={148} />
              <figcaption className="muted small">扫码核验本登记</figcaption>
            </figure>
          </div>
          <div className="p-acts">
            {r.certificate && (
              <Button
                type={ended ? 'default' : 'primary'}
                block
                href={`${files}/certificate.pdf`}
                download={`登记证-${r.code}.pdf`}
              >
                {ended ? '下载登记证（已失效）' : '下载登记证'}
              </Button>
            )}
            <Button block onClick={() => window.print()}>
              打印本页
            </Button>
          </div>
        </aside>
      </div>

      <div className="p-printfoot">
        <img src={`${files}/qr.svg`} alt="" width={96} height={96} />
        <div className="grow">
          <p>本页由登记簿打印，登记信息以登记簿现行记载为准。</p>
          <p>核验网址：{`${location.origin}/verify?code=${r.code}`}</p>
          {today && <p>登记簿日期：{longDay(today)}</p>}
        </div>
        <div className="p-stampbox">
          <span>{r.registrar}</span>
          <span>（盖章）</span>
          <span className="p-blanks">
            <i>年</i>
            <i>月</i>
            <i>日</i>
          </span>
        </div>
      </div>
    </article>
  )
}

const Row = ({ term, onPaper, children }: { term: string; onPaper?: boolean; children: ReactNode }) => (
  <div className={onPaper ? 'p-paper' : undefined}>
    <dt>{term}</dt>
    <dd>{children}</dd>
  </div>
)

const Digest = ({ value, what }: { value: string; what: string }) => (
  <>
    <span className="p-digest">{grouped(value)}</span> <Copy text={value} what={what} />
  </>
)

const Left = ({ days }: { days: number }) => (
  <span className={`chip p-left ${days < 0 ? 'bad' : days <= 60 ? 'warn' : ''}`}>
    {days < 0 ? `已届满 ${-days} 天` : days === 0 ? '今天届满' : `剩 ${days.toLocaleString('zh-CN')} 天`}
  </span>
)

const StateBanner = ({ record: r }: { record: PublicRecord }) => {
  const announced = <Link to="/announcements">查看公告</Link>
  const says: { tone: string; text: ReactNode } | undefined = {
    renewing: { tone: 'warn', text: <>有效期至 {longDay(r.validTo)}，续展申请正在办理，办结或未成时本页随之更新。</> },
    verifying: { tone: 'warn', text: <>登记机构正在核实这项登记，尚无结论；核实期间登记状态为“{r.stateTerm}”。</> },
    lapsed: {
      tone: 'warn',
      text: <>有效期已于 {longDay(r.validTo)} 届满，没有按规定续展，等待登记机构注销并公告。请勿再作为有效登记使用。</>,
    },
    deregistered: { tone: 'grey', text: <>这项登记已经注销，登记码与登记证不再有效，以下内容仅供查考。{announced}</> },
    revoked: { tone: 'bad', text: <>这项登记已被撤销，登记码与登记证不再有效，以下内容仅供查考。{announced}</> },
  }[r.state]
  return (
    <>
      {says && (
        <p className={`p-note ${says.tone}`} role="status">
          {says.text}
        </p>
      )}
      {r.demo && (
        <p className="p-note warn">
          这是演示登记：登记码由演示库生成，不具法律效力，不能作为数据交易、入表或其他用途的依据。
        </p>
      )}
    </>
  )
}
