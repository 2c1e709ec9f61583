import type { PublicSelection, PublicSelectionList } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import type { ReactNode } from 'react'
import { Link, useParams, useSearchParams } from 'react-router'
import { get, problemOf } from '../api.ts'
import { DrawRecord } from '../ui/DrawRecord.tsx'
import { sizeWords } from '../ui/files.tsx'
import { Trouble } from '../ui/Trouble.tsx'
import { Ask } from './Ask.tsx'
import { Nothing, Page, Titled, Waiting } from './parts.tsx'

type Summary = PublicSelectionList['rows'][number]
const tone = (s: Summary): string =>
  s.winner !== '' ? 'ok' : s.state === 'failed' ? '' : s.state === 'announced' ? 'blue' : 'warn'
const whom = (variant: string): string => (variant === 'developer' ? '开发主体' : '运营机构')

/** 遴选公告与结果: of operators and of those who develop with them. */
export const Selections = () => {
  const found = useQuery({
    queryKey: ['public', 'selections'],
    queryFn: ({ signal }) => get<PublicSelectionList>('/public/selections', undefined, signal),
  })
  const rows = found.data?.rows ?? []
  return (
    <Page
      title="授权运营遴选"
      lead="公共数据资源授权运营机构、开发主体的遴选公告和结果。在这里接受申请的，截止前申请内容只有申请人自己可见。"
    >
      {found.isError && !found.data && <Trouble error={found.error} again={() => void found.refetch()} />}
      {found.isPending && <Waiting />}
      {found.data && rows.length === 0 && (
        <div className="p-empty">
          <h2>还没有遴选公告</h2>
          <p className="sub">实施方案审定、公平竞争审查和合法性审核通过后，公告会发布在这里。</p>
        </div>
      )}
      <ol className="p-notices">
        {rows.map((s) => (
          <li key={s.id}>
            <div className="p-noticehead">
              <h2 className="grow">
                <Link to={`/selections/${s.id}`}>{s.title}</Link>
              </h2>
              <span className={`chip ${tone(s)}`}>{s.stateTerm}</span>
            </div>
            <p className="sub">
              {[whom(s.variant), s.method, s.organiser, s.divisionName].filter(Boolean).join(' · ')}
            </p>
            <p>
              {s.announced} 发布，{s.until} 截止
              {s.winner && (
                <>
                  。选定：<b>{s.winner}</b>
                </>
              )}
            </p>
          </li>
        ))}
      </ol>
    </Page>
  )
}

export const SelectionNotice = () => {
  const { id = '' } = useParams()
  const found = useQuery({
    queryKey: ['public', 'selection', id],
    queryFn: ({ signal }) => get<PublicSelection>(`/public/selections/${encodeURIComponent(id)}`, undefined, signal),
  })
  if (found.isError)
    return [404, 422].includes(problemOf(found.error).status) ? (
      <Nothing title="没有这一遴选公告">
        <ul>
          <li>
            <Link to="/selections">看全部遴选公告</Link>
          </li>
        </ul>
      </Nothing>
    ) : (
      <div className="p-wrap p-page">
        <Trouble error={found.error} again={() => void found.refetch()} />
      </div>
    )
  if (!found.data)
    return (
      <div className="p-wrap p-page">
        <Waiting rows={10} />
      </div>
    )
  return <Shown s={found.data} />
}

const Shown = ({ s }: { s: PublicSelection }) => {
  const [params, setParams] = useSearchParams()
  const applying = params.has('apply')
  return (
    <article className="p-wrap p-page p-record">
      <Titled title={s.title} />
      <div className="p-crumbs">
        <Link to="/selections">授权运营遴选</Link>
      </div>
      <header className="p-rhead">
        <div className="grow">
          <h1>{s.title}</h1>
          <div className="line">
            <span className={`chip ${tone(s)}`}>{s.stateTerm}</span>
            <span className="chip">{s.method}</span>
            {s.result?.sole && <span className="chip warn">{s.result.sole}</span>}
          </div>
        </div>
      </header>
      <div className="p-two">
        <div className="p-main">
          {applying && s.open && (
            <Ask
              term="申请"
              collection="candidacies"
              about={s.id}
              here={`/selections/${s.id}?apply=1`}
              signIn="申请须以单位名义提出。请先登录，登录后会回到这里。还没有账户的单位可以先注册。"
              lead={`建立申请后，在工作台逐项填写条件说明、上传证明材料，由复核岗位在 ${s.until} 前提交。`}
              said={{
                title: '申请已经建立',
                says: `请在工作台填写并于 ${s.until} 前提交。截止前内容只有本单位可见，可以取回修改或撤回。`,
              }}
              close={() => setParams({}, { replace: true })}
            />
          )}
          {s.result && <Result s={s} />}
          <section className="p-sheet">
            <h2>遴选内容</h2>
            <p className="p-pad p-lines">{s.scope}</p>
          </section>
          {s.conditions.length > 0 && (
            <section className="p-sheet">
              <h2>谁可以申请</h2>
              <ol className="p-pad p-list">
                {s.conditions.map((c) => (
                  <li key={c}>{c}</li>
                ))}
              </ol>
              <p className="p-pad sub small">每一条件都须说明情况并附证明材料，由遴选单位逐项审查、另一人复核。</p>
            </section>
          )}
          {s.criteria.length > 0 && (
            <section className="p-sheet">
              <h2>怎样评审</h2>
              <p className="p-pad">
                {s.criteria.map((c) => `${c.term} ${c.most} 分`).join('、')}。评审专家在申请截止后从专家库随机抽取。
              </p>
            </section>
          )}
          {s.draw && (
            <section className="p-sheet">
              <h2>评审专家抽取记录</h2>
              <div className="p-pad">
                <DrawRecord draw={s.draw} />
              </div>
            </section>
          )}
        </div>
        <aside className="p-side" aria-label="申请与概况">
          {s.open && (
            <div className="p-acts">
              <Button
                type="primary"
                block
                disabled={applying}
                onClick={() => setParams({ apply: '1' }, { replace: true })}
              >
                申请
              </Button>
            </div>
          )}
          <section className="p-sheet p-glance">
            <dl>
              <Row term="遴选单位">{s.organiser}</Row>
              <Row term="地区">{s.divisionName}</Row>
              <Row term="发布">{s.announced}</Row>
              <Row term="截止">{s.until}</Row>
              {s.project && (
                <Row term="采购项目">
                  {s.project} <span className="muted">· {s.platform}</span>
                </Row>
              )}
              {s.link && (
                <Row term="公告">
                  <a href={s.link} rel="noreferrer noopener">
                    在采购平台查看
                  </a>
                </Row>
              )}
              <Row term="联系方式">{s.contact}</Row>
              <Row term="遴选文件">
                <ul className="p-files">
                  {s.files.map((f) => (
                    <li key={f.id}>
                      <a href={`/api/public/selections/${s.id}/files/${f.id}`} download>
                        {f.name}
                      </a>{' '}
                      <span className="muted">{sizeWords(f.size)}</span>
                    </li>
                  ))}
                </ul>
              </Row>
            </dl>
          </section>
        </aside>
      </div>
    </article>
  )
}

const Result = ({ s }: { s: PublicSelection }) => {
  const r = s.result!
  if (r.failed !== undefined)
    return (
      <section className="p-sheet">
        <h2>遴选失败</h2>
        <p className="p-pad p-lines">{r.failed}</p>
      </section>
    )
  return (
    <section className="p-sheet">
      <h2>结果</h2>
      <dl>
        <Row term="选定的机构">
          <b>{r.winner}</b>
        </Row>
        <Row term="选定日期">{r.decidedOn}</Row>
        {r.receipt && <Row term="备案编号">{r.receipt}</Row>}
        {r.link && (
          <Row term="结果公告">
            <a href={r.link} rel="noreferrer noopener">
              在采购平台查看
            </a>
          </Row>
        )}
        {(r.ranking ?? []).length > 0 && (
          <Row term="评审排名">
            <ol className="p-list">
              {r.ranking!.map((x) => (
                <li key={x.name} value={x.place}>
                  {x.name}{' '}
                  <span className="muted">
                    总分 {x.total}（{r.reviewers} 位专家）
                  </span>
                </li>
              ))}
            </ol>
          </Row>
        )}
      </dl>
    </section>
  )
}

const Row = ({ term, children }: { term: string; children: ReactNode }) => (
  <div>
    <dt>{term}</dt>
    <dd>{children}</dd>
  </div>
)
