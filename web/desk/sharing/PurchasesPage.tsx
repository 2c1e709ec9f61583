import './sharing.css'
import type { Purchases } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { Button, Input, Skeleton } from 'antd'
import { Link } from 'react-router'
import { get, withParams } from '../../api.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Trouble } from '../../ui/Trouble.tsx'
import { useTitle } from '../../ui/title.ts'
import { useFilters } from '../filters.ts'

const money = new Intl.NumberFormat('zh-CN', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
/** 分 as 元. */
const yuan = (fen: number): string => money.format(fen / 100)

/** 统一采购台账: what was bought, of whom, for how much and how long, with the entry that all may share. */
export const PurchasesPage = () => {
  useTitle('统一采购台账')
  const { filters, set } = useFilters('purchases')
  const span = { from: filters['from'] || undefined, to: filters['to'] || undefined }
  const { data, error, refetch } = useQuery({
    queryKey: ['sharing', 'purchases', span],
    queryFn: ({ signal }) => get<Purchases>('/sharing/purchases', span, signal),
    placeholderData: (before) => before,
  })
  return (
    <>
      <header className="page-head">
        <h1>统一采购台账</h1>
        {data && (
          <span className="muted">
            {data.rows.length} 项，合计 {yuan(data.total)} 元
          </span>
        )}
        <div className="grow" />
        <Button href={withParams('/api/sharing/purchases.xlsx', span)} download>
          导出 Excel
        </Button>
        <Button onClick={() => print()}>打印</Button>
      </header>
      <div className="filters">
        <span className="span">
          签订日期
          <Input
            type="date"
            aria-label="自哪一天"
            value={span.from ?? ''}
            onChange={(e) => set({ from: e.target.value })}
          />
          至
          <Input
            type="date"
            aria-label="至哪一天"
            value={span.to ?? ''}
            onChange={(e) => set({ to: e.target.value })}
          />
        </span>
      </div>
      {error ? (
        <Trouble error={error} again={() => void refetch()} />
      ) : !data ? (
        <Skeleton active title={false} />
      ) : data.rows.length === 0 ? (
        <div className="card">
          <Empty title="没有采购记录" says="经批准采购的非公共数据，登记采购结果后列在这里，同时编入共享目录。" />
        </div>
      ) : (
        <div className="stack">
          <section className="card wide-table" tabIndex={0} aria-label="采购记录">
            <table className="cases plain">
              <thead>
                <tr>
                  <th scope="col">数据名称</th>
                  <th scope="col">采购单位</th>
                  <th scope="col">供应商</th>
                  <th scope="col">合同编号</th>
                  <th scope="col" className="end">
                    合同金额（元）
                  </th>
                  <th scope="col">签订</th>
                  <th scope="col">使用期限</th>
                  <th scope="col">共享目录</th>
                </tr>
              </thead>
              <tbody>
                {data.rows.map((r) => (
                  <tr key={r.id}>
                    <td>
                      <Link to={`/desk/acquisitions/${r.id}`}>{r.name}</Link>
                    </td>
                    <td>{r.unitName}</td>
                    <td>{r.supplier}</td>
                    <td>{r.contractNo}</td>
                    <td className="end">{yuan(r.price)}</td>
                    <td className="nowrap">{r.signedOn}</td>
                    <td className="nowrap">
                      {r.termFrom} 至 {r.termTo}
                    </td>
                    <td>{r.item ? <Link to={`/desk/items/${r.item}`}>已编入</Link> : ''}</td>
                  </tr>
                ))}
                <tr className="total">
                  <th scope="row" colSpan={4}>
                    合计
                  </th>
                  <td className="end">{yuan(data.total)}</td>
                  <td colSpan={3} />
                </tr>
              </tbody>
            </table>
          </section>
          {data.byUnit.length > 1 && (
            <section className="card wide-table" aria-labelledby="by-unit">
              <div className="card-head">
                <h2 id="by-unit">按单位</h2>
              </div>
              <table className="cases plain">
                <tbody>
                  {data.byUnit.map((u) => (
                    <tr key={u.unitName}>
                      <th scope="row">{u.unitName}</th>
                      <td className="end">{u.n} 项</td>
                      <td className="end">{yuan(u.price)} 元</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
          )}
        </div>
      )}
    </>
  )
}
