import type { ImportantRegister } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { Button, Skeleton } from 'antd'
import { get } from '../../api.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Trouble } from '../../ui/Trouble.tsx'
import { useTitle } from '../../ui/title.ts'

/** 重要数据目录: what is protected with more care, ready to be printed, stamped and sent. */
export const Important = () => {
  useTitle('重要数据目录')
  const { data, error, refetch } = useQuery({
    queryKey: ['important'],
    queryFn: ({ signal }) => get<ImportantRegister>('/important', undefined, signal),
  })
  if (error && !data) return <Trouble error={error} again={() => void refetch()} />
  if (!data) return <Skeleton active title={false} paragraph={{ rows: 8 }} />
  return (
    <>
      <header className="page-head">
        <h1>{data.title}</h1>
        <span className="muted">{data.rows.length} 行</span>
        <div className="grow" />
        <Button onClick={() => print()}>打印</Button>
        <Button href="/api/important.xlsx" download>
          导出 Excel
        </Button>
      </header>
      <p className="sub">
        编制：{data.compiledBy} · 报送：{data.reportedTo} · 截至 {data.day} · 查看与导出都记入访问日志
      </p>
      {data.rows.length === 0 ? (
        <div className="card">
          <Empty
            title="没有列入重要数据目录的数据"
            says="单位拟定为重要、核心级别的目录项，报请认定后会列在这里；认定以前标明“建议”。"
          />
        </div>
      ) : (
        <div className="card wide-table">
          <table className="cases plain">
            <caption className="unseen">{data.title}</caption>
            <thead>
              <tr>
                {data.headings.map((h) => (
                  <th key={h} scope="col">
                    {h}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {data.rows.map((r, i) => (
                <tr key={i}>
                  {r.map((cell, k) => (
                    <td key={k}>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  )
}
