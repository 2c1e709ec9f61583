import type { CaseView, PlanPage } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { Button, Skeleton } from 'antd'
import { Link } from 'react-router'
import { get } from '../../api.ts'
import { Trouble } from '../../ui/Trouble.tsx'
import { FileLink } from '../../ui/files.tsx'
import { ShownValue } from '../case/Shown.tsx'
import { AnnexTable } from './AnnexTable.tsx'
import './plan.css'

/** What a plan's readers look for: how it changed, its annexes, what others said, who decided with which document, what is on file. */
export const PlanPanel = ({ view }: { view: CaseView }) => {
  const { data, error, refetch } = useQuery({
    queryKey: ['case', 'plans', view.id, 'page', view.version],
    queryFn: ({ signal }) => get<PlanPage>(`/plans/${view.id}/page`, undefined, signal),
  })
  if (error) return <Trouble error={error} again={() => void refetch()} />
  if (!data) return <Skeleton active title={false} paragraph={{ rows: 4 }} />
  const file = (ext: string, version?: number): string =>
    `/api/plans/${view.id}/document.${ext}${version ? `?version=${version}` : ''}`
  const newest = data.versions[0]
  const writes = view.actions.some((a) => a.act === 'write')
  const near = [
    ...(data.overall ? [{ term: '总体方案', ...data.overall }] : []),
    ...(data.within ? [{ term: '所属方案', ...data.within }] : []),
    ...(data.replaces ? [{ term: '拟取代', ...data.replaces, stateTerm: '' }] : []),
    ...data.under.map((u) => ({ term: u.kindTerm, ...u })),
  ]
  return (
    <>
      <section className="card" aria-labelledby="versions">
        <header className="card-head">
          <h2 id="versions">版本与差异</h2>
          <span className="muted small">
            {newest ? `共 ${data.versions.length} 版，最新 ${newest.day}` : '还没有填写'}
          </span>
          <div className="grow" />
          {newest && (
            <>
              <Button size="small" href={file('docx')} download>
                Word
              </Button>
              <Button size="small" href={file('pdf')} download>
                PDF
              </Button>
            </>
          )}
          {writes && (
            <Link to={`/desk/plans/${view.id}/edit`}>
              <Button type="primary" size="small">
                {newest ? '修改方案' : '填写方案'}
              </Button>
            </Link>
          )}
        </header>
        {!newest && (
          <p className="muted pad">方案须包括的内容依据 {data.basis}。点“填写方案”，随写随存，齐备后形成版本。</p>
        )}
        {data.replaces && newest && (
          <details className="version" open>
            <summary>
              与拟取代的<Link to={`/desk/plans/${data.replaces.id}`}>{data.replaces.title}</Link>相比，
              {data.replaces.changes.length === 0 ? '没有差异' : `有 ${data.replaces.changes.length} 处不同`}
            </summary>
            <Changes changes={data.replaces.changes} />
          </details>
        )}
        {data.versions.map((v, i) => (
          <details className="version" key={v.seq} open={i === 0 && !data.replaces && v.changes.length > 0}>
            <summary>
              第 {v.no} 版 · {v.day} · {v.by}
              <span className="muted">
                {v.no === 1 && v.changes.length === 0
                  ? ' · 初次形成'
                  : v.changes.length === 0
                    ? ' · 与上一版相同'
                    : ` · ${v.changes.length} 处修改`}
              </span>
            </summary>
            <Changes changes={v.changes} />
            {i > 0 && (
              <p className="small pad">
                <a href={file('docx', v.no)} download>
                  下载本版 Word
                </a>
              </p>
            )}
          </details>
        ))}
      </section>
      {near.length > 0 && (
        <section className="card pad" aria-label="相关方案">
          <ul className="near">
            {near.map((n) => (
              <li key={n.id}>
                <span className="muted">{n.term}</span> <Link to={`/desk/plans/${n.id}`}>{n.title}</Link>{' '}
                {n.stateTerm !== '' && <span className="chip">{n.stateTerm}</span>}
              </li>
            ))}
          </ul>
          {data.within && <p className="muted small">{data.within.says}</p>}
        </section>
      )}
      {view.materials.length > 0 && <PlanText view={view} />}
      {data.annex.length > 0 && (
        <section className="card" aria-labelledby="annex1">
          <header className="card-head">
            <h2 id="annex1">附件 1 公共数据资源目录</h2>
          </header>
          <AnnexTable rows={data.annex} />
        </section>
      )}
      {data.products.length > 0 && (
        <section className="card" aria-labelledby="annex2">
          <header className="card-head">
            <h2 id="annex2">附件 2 拟提供的公共数据产品和服务清单</h2>
            <span className="muted small">
              {data.products.length} 项，收费 {data.products.filter((p) => p.charged).length} 项
            </span>
          </header>
          <div className="wide-table">
            <table className="cases plain annex-table">
              <thead>
                <tr>
                  <th scope="col" className="n">
                    序号
                  </th>
                  <th scope="col">名称</th>
                  <th scope="col">类别</th>
                  <th scope="col">行业</th>
                  <th scope="col">服务形式</th>
                  <th scope="col">备注</th>
                </tr>
              </thead>
              <tbody>
                {data.products.map((p, i) => (
                  <tr key={i}>
                    <td className="n muted">{i + 1}</td>
                    <td>{p.name}</td>
                    <td className="sub">{p.class}</td>
                    <td className="sub">{p.industry}</td>
                    <td className="sub">{p.form}</td>
                    <td>
                      {p.charged && <span className="chip warn">收费</span>}
                      {p.demand && (
                        <span className="small">
                          {' '}
                          对应需求{' '}
                          {p.demand.stateTerm === '' ? (
                            p.demand.title
                          ) : (
                            <Link to={`/desk/demands/${p.demand.id}`}>{p.demand.title}</Link>
                          )}
                        </span>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
      )}
      {data.remarks.length > 0 && (
        <section className="card" aria-labelledby="remarks">
          <header className="card-head">
            <h2 id="remarks">修改意见</h2>
          </header>
          <ul className="said">
            {data.remarks.map((r, i) => (
              <li key={i}>
                <p className="muted small">
                  {r.day} {r.org} {r.by} · {r.section}
                </p>
                <p className="text">{r.says}</p>
              </li>
            ))}
          </ul>
        </section>
      )}
      {(data.decisions.length > 0 || data.recordals.length > 0) && (
        <section className="card" aria-labelledby="decisions">
          <header className="card-head">
            <h2 id="decisions">审议与备案</h2>
          </header>
          <ol className="decided">
            {data.decisions.map((x, i) => (
              <li key={i}>
                <b>{x.term}</b> <span className="muted">{x.by}</span>
                <p>
                  {x.decidedOn} {[x.meeting, x.number].filter(Boolean).join('，')}
                  {x.files.map((id) => (
                    <span key={id}>
                      {' '}
                      <FileLink file={view.files[id]} inCase={view.id} />
                    </span>
                  ))}
                </p>
              </li>
            ))}
            {data.recordals.map((r) => (
              <li key={r.id}>
                <b>备案</b> <Link to={`/desk/recordals/${r.id}`}>{r.stateTerm}</Link>{' '}
                {r.overdue && <span className="chip bad">逾期未报送</span>}
                <p>
                  <span className="muted">报送期限 {r.fileBy}</span>
                  {r.hops.map((h) => (
                    <span key={h.term}>
                      {' → '}
                      {h.term} {h.by} {h.day}，编号 {h.receipt}
                    </span>
                  ))}
                </p>
              </li>
            ))}
          </ol>
        </section>
      )}
    </>
  )
}

/** The twelve sections one after another, as they are read. */
const PlanText = ({ view }: { view: CaseView }) => {
  const cx = { files: view.files, inCase: view.id }
  const head = view.materials.filter((m) => ['from', 'to', 'modes'].includes(m.key))
  const sections = view.materials.filter(
    (m) => !['title', 'from', 'to', 'modes', 'items', 'products', 'attachments'].includes(m.key),
  )
  const files = view.materials.filter((m) => m.key === 'attachments')
  return (
    <section className="card plan-text" aria-labelledby="plan-text">
      <header className="card-head">
        <h2 id="plan-text">方案正文</h2>
        <span className="muted small">{head.map((m) => `${m.term} ${m.text ?? ''}`).join(' · ')}</span>
      </header>
      {sections.map((m, i) => (
        <section key={m.key}>
          <h3>
            {i + 1}. {m.term}
          </h3>
          {m.fields ? (
            m.fields.map((f) => (
              <div key={f.key}>
                <h4>{f.term}</h4>
                <ShownValue field={f} {...cx} />
              </div>
            ))
          ) : (
            <ShownValue field={m} {...cx} />
          )}
        </section>
      ))}
      {files.map((m) => (
        <section key={m.key}>
          <h3>{m.term}</h3>
          <ShownValue field={m} {...cx} />
        </section>
      ))}
    </section>
  )
}

const Changes = ({ changes }: { changes: PlanPage['versions'][number]['changes'] }) =>
  changes.length === 0 ? null : (
    <table className="changes">
      <thead className="unseen">
        <tr>
          <th scope="col">部分</th>
          <th scope="col">原来</th>
          <th scope="col">现在</th>
        </tr>
      </thead>
      <tbody>
        {changes.map((c, i) => (
          <tr key={i}>
            <th scope="row">{c.term}</th>
            <td>{c.was === '' ? <span className="muted">（无）</span> : <del>{c.was}</del>}</td>
            <td>{c.now === '' ? <span className="muted">（删去）</span> : <ins>{c.now}</ins>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
