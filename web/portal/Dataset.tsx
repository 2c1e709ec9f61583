import type { DatasetView } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import type { ReactNode } from 'react'
import { Link, useParams, useSearchParams } from 'react-router'
import { get, problemOf } from '../api.ts'
import { sizeWords } from '../ui/files.tsx'
import { Trouble } from '../ui/Trouble.tsx'
import { Ask } from './Ask.tsx'
import { Copy, Nothing, Titled, Waiting } from './parts.tsx'
import { grouped } from './words.ts'

const many = (n: number): string => n.toLocaleString('zh-CN')
const typeTerms: Readonly<Record<string, string>> = {
  string: '文本',
  integer: '整数',
  number: '数值',
  boolean: '是否',
  date: '日期',
  datetime: '日期时间',
}

/** One open dataset: what it is, what its fields mean, how its first rows look, and the ways to have it. */
export const Dataset = () => {
  const { id = '' } = useParams()
  const found = useQuery({
    queryKey: ['public', 'dataset', id],
    queryFn: ({ signal }) => get<DatasetView>(`/public/datasets/${encodeURIComponent(id)}`, undefined, signal),
    // a look is counted: coming back to the window is none
    staleTime: 300_000,
    refetchOnWindowFocus: false,
  })
  if (found.isError)
    return [404, 422].includes(problemOf(found.error).status) ? (
      <Nothing title="没有这一开放数据，或已经停止开放">
        <ul>
          <li>
            <Link to="/datasets">看全部开放数据</Link>
          </li>
          <li>
            <Link to="/demands">提出数据需求</Link>
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
  return <Shown dataset={found.data} />
}

const Shown = ({ dataset: d }: { dataset: DatasetView }) => {
  const [params, setParams] = useSearchParams()
  const applying = params.has('apply')
  const free = d.class === 'unconditional'
  const api = `/api/public/datasets/${d.id}`
  return (
    <article className="p-wrap p-page p-record">
      <Titled title={d.name} />
      <div className="p-crumbs">
        <Link to="/datasets">开放数据</Link>
        {d.themeTerm && (
          <>
            {' / '}
            <Link to={`/datasets?theme=${d.theme}`}>{d.themeTerm}</Link>
          </>
        )}
      </div>
      <header className="p-rhead">
        <div className="grow">
          <h1>{d.name}</h1>
          <div className="line">
            <span className={`chip ${free ? 'ok' : 'blue'}`}>{d.classTerm}</span>
            {d.priority && <span className="chip">优先开放领域</span>}
          </div>
          {d.summary && <p className="p-summary">{d.summary}</p>}
        </div>
      </header>
      <div className="p-two">
        <div className="p-main">
          {applying && !free && (
            <Ask
              term="申请使用"
              collection="openings"
              about={d.id}
              here={`/datasets/${d.id}?apply=1`}
              signIn="申请须以单位名义或实名提出。请先登录，登录后会回到这里继续填写。"
              lead="请写明应用场景和用途，上传已签署的承诺书。"
              said={{
                title: '申请已经提出',
                says: `${d.units.join('、')}已经收到对“${d.name}”的使用申请，审核结果会通知您；同意后在办理页面下载。`,
              }}
              close={() => setParams({}, { replace: true })}
            />
          )}
          {free && <Preview dataset={d} />}
          <section className="p-sheet" id="fields">
            <h2>数据项</h2>
            <div className="p-wide" tabIndex={0} role="region" aria-label="数据项">
              <table className="p-plaintable p-datatable">
                <thead>
                  <tr>
                    {['列名', '名称', '类型', '含义', '约束'].map((t) => (
                      <th key={t} scope="col">
                        {t}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {d.fields.map((f) => (
                    <tr key={f.name}>
                      <td className="p-mono">{f.name}</td>
                      <td>{f.title === f.name ? '' : f.title}</td>
                      <td className="p-nowrap">{typeTerms[f.type] ?? f.type}</td>
                      <td>{f.description}</td>
                      <td className="p-nowrap sub">
                        {[f.unique ? '唯一' : '', f.required ? '非空' : ''].filter(Boolean).join('、')}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            <p className="p-pad sub small">
              机器可读：<a href={`${api}/tableschema.json`}>Table Schema</a> ·{' '}
              <a href={`${api}/datapackage.json`}>Data Package（v2）</a>
            </p>
          </section>
          {free && <Interface dataset={d} api={api} />}
          <section className="p-sheet" id="licence">
            <h2>使用许可</h2>
            <div className="p-pad">
              <p>
                <b>{d.licence.title}</b>
              </p>
              <p className="sub">{d.licence.text}</p>
            </div>
          </section>
        </div>
        <aside className="p-side" aria-label="下载与概况">
          <div className="p-acts">
            {free ? (
              <>
                <Button type="primary" block href={`${api}/data.csv`} download>
                  下载 CSV（{sizeWords(d.size)}）
                </Button>
                <Button block href={`${api}/data.xlsx`} download>
                  下载 Excel
                </Button>
                <Button block href={`${api}/data.json`} download>
                  下载 JSON
                </Button>
              </>
            ) : (
              <Button
                type="primary"
                block
                disabled={applying}
                onClick={() => setParams({ apply: '1' }, { replace: true })}
              >
                申请使用
              </Button>
            )}
          </div>
          <section className="p-sheet p-glance">
            <dl>
              <Row term="提供单位">{d.units.join('、')}</Row>
              <Row term="地区">{d.divisionName}</Row>
              <Row term="规模">
                {many(d.rows)} 行 × {d.columns} 列
              </Row>
              <Row term="更新频率">{d.frequency || '未写明'}</Row>
              <Row term="数据截至">{d.dataDay}</Row>
              <Row term="版本">
                第 {d.version} 版 <span className="muted">· {d.opened} 发布</span>
              </Row>
              <Row term="使用">
                浏览 {many(d.uses.view)} · 下载 {many(d.uses.download)}
                {free && <> · 接口 {many(d.uses.api)}</>}
              </Row>
              {d.sha256 && (
                <Row term="CSV 摘要">
                  <span className="p-digest">{grouped(d.sha256.slice(0, 16))}…</span>
                  <Copy text={d.sha256} what="SHA-256 摘要" />
                </Row>
              )}
              {d.basis && <Row term="依据">{d.basis}</Row>}
            </dl>
          </section>
        </aside>
      </div>
    </article>
  )
}

const Row = ({ term, children }: { term: string; children: ReactNode }) => (
  <div>
    <dt>{term}</dt>
    <dd>{children}</dd>
  </div>
)

const Preview = ({ dataset: d }: { dataset: DatasetView }) => (
  <section className="p-sheet" id="preview">
    <h2>
      前 {d.preview.length} 行 <span className="muted small">共 {many(d.rows)} 行</span>
    </h2>
    <div className="p-wide" tabIndex={0} role="region" aria-label="数据预览">
      <table className="p-plaintable p-datatable">
        <thead>
          <tr>
            {d.fields.map((f) => (
              <th
                key={f.name}
                scope="col"
                title={f.name}
                className={f.type === 'integer' || f.type === 'number' ? 'p-num' : ''}
              >
                {f.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {d.preview.map((row, i) => (
            <tr key={i}>
              {d.fields.map((f, j) => (
                <td key={f.name} className={f.type === 'integer' || f.type === 'number' ? 'p-num' : ''}>
                  {row[j]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  </section>
)

/** How programs read it, with an address to try. */
const Interface = ({ dataset: d, api }: { dataset: DatasetView; api: string }) => {
  const column = d.fields.findIndex((f) => f.type === 'string' && !f.unique)
  const sample = d.preview[0]?.[column]
  const paths = [
    { says: '逐页读取（每页最多 1000 行，next 为下一页的 cursor）', path: `${api}/rows?limit=100` },
    ...(column >= 0 && sample
      ? [{ says: '按列的值筛选，filter 可以重复', path: `${api}/rows?filter=${d.fields[column]!.name}:${sample}` }]
      : []),
    { says: '同样的一页，用 CSV 返回', path: `${api}/rows?limit=100&format=csv` },
  ]
  return (
    <section className="p-sheet" id="api">
      <h2>接口</h2>
      <div className="p-pad">
        <p className="sub">
          不需要登录和密钥，详见<Link to="/api-docs">开放接口</Link>。
        </p>
        <dl className="p-calls">
          {paths.map((p) => (
            <div key={p.path}>
              <dt>{p.says}</dt>
              <dd>
                <code>GET {p.path}</code> <Copy text={location.origin + encodeURI(p.path)} what="接口地址" />
              </dd>
            </div>
          ))}
        </dl>
      </div>
    </section>
  )
}
