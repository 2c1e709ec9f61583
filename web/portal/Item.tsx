import type { PublicItem, RelatedItems } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import type { ReactNode } from 'react'
import { Link, useParams } from 'react-router'
import { get, problemOf } from '../api.ts'
import { ItemChips } from '../items/ItemHit.tsx'
import { Trouble } from '../ui/Trouble.tsx'
import { itemPath } from './Items.tsx'
import { CodeLink, Nothing, Titled, Waiting } from './parts.tsx'
import { longDay } from './words.ts'

export const Item = () => {
  const { id = '' } = useParams()
  const item = useQuery({
    queryKey: ['public', 'item', id],
    queryFn: ({ signal }) => get<PublicItem>(`/public/items/${encodeURIComponent(id)}`, undefined, signal),
  })
  if (item.isError)
    return [404, 422].includes(problemOf(item.error).status) ? (
      <Nothing title="公开目录里没有这一目录项" says="目录项可能已移出目录，或不再公开。">
        <ul>
          <li>
            <Link to="/items">查询公共数据资源目录</Link>
          </li>
        </ul>
      </Nothing>
    ) : (
      <div className="p-wrap p-page">
        <Trouble error={item.error} again={() => void item.refetch()} />
      </div>
    )
  if (!item.data)
    return (
      <div className="p-wrap p-page">
        <Waiting rows={10} />
      </div>
    )
  return <Sheet item={item.data} />
}

const Sheet = ({ item: i }: { item: PublicItem }) => {
  // what the head and the first table already say is not said twice
  const told = new Set([i.name, i.code, i.summary, i.industry, i.formatTerm, i.frequency, i.sharingTerm, i.openingTerm])
  const shown = i.shown.filter((d) => !told.has(d.value))
  return (
    <article className="p-wrap p-page p-record">
      <Titled title={i.name} />
      <div className="p-crumbs">
        <Link to="/items">目录查询</Link> / {i.objectTerm}
      </div>
      <p className="p-printhead">公共数据资源目录项</p>
      <header className="p-rhead">
        <div className="grow">
          <h1>{i.name}</h1>
          <div className="line">
            <span className="chip blue">{i.objectTerm}</span>
            <ItemChips item={i} />
          </div>
          {i.summary && <p className="p-summary p-lines">{i.summary}</p>}
        </div>
      </header>
      <div className="p-two">
        <div className="p-main">
          <section className="p-sheet">
            <h2>基本信息</h2>
            <dl>
              <Row term="数源单位">{i.units.join('、')}</Row>
              <Row term="地区">{i.divisionName}</Row>
              <Row term="目录代码">{i.code && <span className="p-mono">{i.code}</span>}</Row>
              <Row term="所属行业">{i.industry}</Row>
              <Row term="资源格式">{i.formatTerm}</Row>
              <Row term="更新频率">{i.frequency}</Row>
              <Row term="共享属性">{i.sharing && i.sharingTerm}</Row>
              <Row term="开放属性">{i.opening && i.openingTerm}</Row>
              <Row term="数据级别">{i.object === 'resource' && i.gradeTerm}</Row>
              <Row term="归集状态">{i.collected === null ? '' : i.collected ? '已归集' : '待归集'}</Row>
              <Row term="授权运营">{i.batch}</Row>
              <Row term="登记结果查询码">{i.registered && <CodeLink code={i.registered} />}</Row>
              <Row term="目录更新">{longDay(i.updated)}</Row>
            </dl>
          </section>
          {[...new Set(shown.map((d) => d.group))].map((group) => (
            <section className="p-sheet" key={group}>
              <h2>{group}</h2>
              <dl>
                {shown
                  .filter((d) => d.group === group)
                  .map((d) => (
                    <Row key={d.term} term={d.term}>
                      {d.value}
                    </Row>
                  ))}
              </dl>
            </section>
          ))}
          <Fields item={i} />
        </div>
        <aside className="p-side" aria-label="相关目录项">
          <div className="p-acts">
            {i.registered && (
              <Button type="primary" block href={`/records/${encodeURIComponent(i.registered)}`}>
                查看登记信息
              </Button>
            )}
            <Button block href={`/desk/tickets/new/${i.id}`}>
              反映数据问题
            </Button>
            <Button block href={`/desk/subject-requests/new/${i.id}`}>
              行使个人信息权利
            </Button>
            <Button block onClick={() => window.print()}>
              打印本页
            </Button>
          </div>
          <Related id={i.id} />
        </aside>
      </div>
      <div className="p-printfoot">
        <div className="grow">
          <p>本页由公共数据资源目录打印，以目录现行公布的内容为准。</p>
          <p>网址：{`${location.origin}${itemPath(i.id)}`}</p>
        </div>
      </div>
    </article>
  )
}

const Row = ({ term, children }: { term: string; children: ReactNode }) =>
  children ? (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  ) : null

const Fields = ({ item: i }: { item: PublicItem }) =>
  i.fields.length === 0 ? (
    <section className="p-sheet">
      <h2>信息项</h2>
      <p className="p-pad sub">数源单位没有公布信息项。</p>
    </section>
  ) : (
    <div className="p-tablebox" tabIndex={0} role="group" aria-label="信息项">
      <table className="p-table">
        <caption>
          信息项<span className="muted">{i.fields.length} 项</span>
        </caption>
        <thead>
          <tr>
            {['序号', '名称', '字段名', '类型', '长度', '可空', '含义'].map((h) => (
              <th key={h} scope="col">
                {h}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {i.fields.map((f, n) => (
            <tr key={n}>
              <td className="muted">{n + 1}</td>
              <th scope="row">
                {f.name} {f.key && <span className="chip">主键</span>}
              </th>
              <td className="p-mono">{f.field}</td>
              <td>{f.type}</td>
              <td>{f.length}</td>
              <td>{f.nullable ? '是' : '否'}</td>
              <td>{f.meaning}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )

const Related = ({ id }: { id: string }) => {
  const related = useQuery({
    queryKey: ['public', 'item', id, 'related'],
    queryFn: ({ signal }) => get<RelatedItems>(`/public/items/${encodeURIComponent(id)}/related`, undefined, signal),
  })
  if (!related.data || related.data.length === 0) return null
  return (
    <section className="p-sheet">
      <h2>相关目录项</h2>
      <ul className="p-pad">
        {related.data.map((r) => (
          <li key={r.id}>
            <Link to={itemPath(r.id)}>{r.name}</Link>
            <p className="muted small">
              {r.units.join('、')}
              {r.shared.length > 0 && ` · 同有 ${r.shared.slice(0, 3).join('、')}`}
              {r.shared.length > 3 && ` 等 ${r.shared.length} 项`}
            </p>
          </li>
        ))}
      </ul>
    </section>
  )
}
