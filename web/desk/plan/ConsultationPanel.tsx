import type { CaseList, CaseView } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { Skeleton } from 'antd'
import { Link } from 'react-router'
import { get } from '../../api.ts'
import { Trouble } from '../../ui/Trouble.tsx'
import { StateChip } from '../../ui/chips.tsx'
import './plan.css'

const fact = (r: CaseList['rows'][number], term: string): string => r.facts.find((f) => f.term === term)?.value ?? ''

/** 意见登记簿: every voice that was heard on a draft, and which of them still wait for an answer. */
export const ConsultationPanel = ({ view }: { view: CaseView }) => {
  const { data, error, refetch } = useQuery({
    queryKey: ['list', 'comments', view.id, view.version],
    queryFn: ({ signal }) => get<CaseList>('/comments', { link: view.id, limit: 200 }, signal),
  })
  if (error) return <Trouble error={error} again={() => void refetch()} />
  if (!data) return <Skeleton active title={false} paragraph={{ rows: 3 }} />
  const waiting = data.rows.filter((r) => !r.final).length
  return (
    <section className="card" aria-labelledby="voices">
      <header className="card-head">
        <h2 id="voices">意见登记簿</h2>
        <span className="muted small">
          {data.total} 条{waiting > 0 && <b className="warn-text"> · {waiting} 条待处理</b>}
        </span>
        <div className="grow" />
        {view.state !== 'stopped' && <Link to={`/consultations/${view.id}`}>公众看到的页面</Link>}
      </header>
      {data.rows.length === 0 ? (
        <p className="muted pad">
          还没有收到意见。网上留言会列在这里；来信、来件、来电收到的，用“记录意见”登记，逐条写明是否采纳和理由后公布。
        </p>
      ) : (
        <div className="wide-table">
          <table className="cases plain annex-table">
            <thead>
              <tr>
                <th scope="col">意见</th>
                <th scope="col">提出人</th>
                <th scope="col">渠道</th>
                <th scope="col">收到</th>
                <th scope="col">处理</th>
              </tr>
            </thead>
            <tbody>
              {data.rows.map((r) => (
                <tr key={r.id}>
                  <td>
                    <Link to={`/desk/comments/${r.id}`}>{fact(r, '意见') || r.title}</Link>
                  </td>
                  <td className="sub">{r.parties['commenter'] || '（见登记内容）'}</td>
                  <td className="sub">{fact(r, '渠道')}</td>
                  <td className="sub">{fact(r, '收到')}</td>
                  <td>{fact(r, '处理') === '' ? <StateChip state={r.state} term={r.stateTerm} /> : fact(r, '处理')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}
