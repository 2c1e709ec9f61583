import type { CatalogueChoices, Recheck, Reconcile } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { Button, Skeleton } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { get, useMe } from '../../api.ts'
import { Trouble } from '../../ui/Trouble.tsx'
import { useTitle } from '../../ui/title.ts'
import { NewCase } from '../NewCase.tsx'
import { hatsOf } from '../places.ts'
import './catalogue.css'

/** 目录对账: registrations and entries that lack each other, and entries by the guideline they were compiled under. */
export const ReconcilePage = () => {
  useTitle('目录对账')
  const me = useMe()
  const hats = me ? hatsOf(me) : undefined
  const { data, error, refetch } = useQuery({
    queryKey: ['list', 'catalogue', 'reconcile'],
    queryFn: ({ signal }) => get<Reconcile>('/catalogue/reconcile', undefined, signal),
  })
  return (
    <>
      <header className="page-head">
        <h1>目录对账</h1>
        <span className="muted">登记与目录相互核对，按编制指南版本复核</span>
      </header>
      {error ? (
        <Trouble error={error} again={() => void refetch()} />
      ) : !data ? (
        <Skeleton active title={false} />
      ) : (
        <div className="stack">
          <section className="card wide-table">
            <div className="card-head">
              <h2>已登记而未编目</h2>
              <span className={`chip ${data.records.length > 0 ? 'warn' : 'ok'}`}>
                {data.records.length > 0 ? `${data.records.length} 件` : '都已编目'}
              </span>
            </div>
            {data.records.length > 0 && (
              <table className="cases plain">
                <caption className="unseen">已登记而未编目</caption>
                <thead>
                  <tr>
                    <th scope="col">登记名称</th>
                    <th scope="col">登记主体</th>
                    <th scope="col">登记码</th>
                    <th scope="col">地区</th>
                    <th scope="col">
                      <span className="unseen">操作</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {data.records.map((r) => (
                    <tr key={r.id}>
                      <td>
                        <Link to={`/desk/records/${r.id}`}>{r.title}</Link>
                      </td>
                      <td>{r.holder}</td>
                      <td>{r.code}</td>
                      <td className="sub">{r.divisionName}</td>
                      <td className="end">
                        {hats?.applicant && hats.handler && r.holder === me?.orgName && (
                          <NewCase
                            collection="items"
                            about={r.id}
                            title={r.title}
                            label="编制目录项"
                            size="small"
                            type="default"
                          />
                        )}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )}
          </section>
          <section className="card loose">
            <div className="line">
              <h2 className="grow">已编目而未登记</h2>
              <Link to="/desk/catalogue?object=resource&state=listed&registered=0">
                查看 {data.unregistered >= 10_000 ? '10 000 以上' : data.unregistered} 项
              </Link>
            </div>
            <p className="sub">
              在目录的资源中，已登记 {data.registered} 项，未登记 {data.unregistered} 项；在目录项的页面“发起登记”。
            </p>
          </section>
          <Guidelines />
        </div>
      )}
    </>
  )
}

const Guidelines = () => {
  const [version, setVersion] = useState<string>()
  const { data } = useQuery({
    queryKey: ['catalogue', 'options'],
    queryFn: ({ signal }) => get<CatalogueChoices>('/catalogue/options', undefined, signal),
  })
  const again = useQuery({
    queryKey: ['catalogue', 'recheck', version],
    queryFn: ({ signal }) => get<Recheck>('/catalogue/recheck', { guideline: version }, signal),
    enabled: version !== undefined,
  })
  if (!data) return null
  return (
    <section className="card wide-table">
      <div className="card-head">
        <h2>编制指南版本</h2>
        <span className="muted small">现行 {data.guideline} 版；目录项保留编制时的版本</span>
      </div>
      <table className="cases plain">
        <caption className="unseen">按编制指南版本</caption>
        <thead>
          <tr>
            <th scope="col">版本</th>
            <th scope="col" className="n">
              目录项
            </th>
            <th scope="col" className="n">
              平均完整度
            </th>
            <th scope="col">
              <span className="unseen">操作</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {data.guidelines.map((g) => (
            <tr key={g.value}>
              <td>
                <Link to={`/desk/catalogue?guideline=${encodeURIComponent(g.value)}`}>{g.term} 版</Link>{' '}
                {g.value === data.guideline && <span className="chip ok">现行</span>}
              </td>
              <td className="n">{g.count}</td>
              <td className="n">{g.complete}%</td>
              <td className="end">
                <Button
                  size="small"
                  loading={again.isFetching && version === g.value}
                  onClick={() => setVersion(g.value)}
                >
                  按现行版复核
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {again.data && (
        <table className="cases plain">
          <caption className="unseen">复核结果，不完整的在前</caption>
          <thead>
            <tr>
              <th scope="col">目录名称</th>
              <th scope="col">数源单位</th>
              <th scope="col" className="n">
                原完整度
              </th>
              <th scope="col" className="n">
                按现行版
              </th>
              <th scope="col">尚缺</th>
            </tr>
          </thead>
          <tbody>
            {again.data.slice(0, 50).map((r) => (
              <tr key={r.id}>
                <td>
                  <Link to={`/desk/items/${r.id}`}>{r.name}</Link>
                </td>
                <td className="sub">{r.units.join('、')}</td>
                <td className="n">{r.was}%</td>
                <td className="n">{r.now}%</td>
                <td className="sub small">{r.missing.join('、')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
