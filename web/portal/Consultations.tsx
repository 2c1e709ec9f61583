import type { PublicConsultation } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { get } from '../api.ts'
import { Trouble } from '../ui/Trouble.tsx'
import { Page, Waiting } from './parts.tsx'

/** 公开征求意见: drafts on which the public is heard, and what came of those that are over. */
export const Consultations = () => {
  const found = useQuery({
    queryKey: ['public', 'consultations'],
    queryFn: ({ signal }) => get<PublicConsultation[]>('/public/consultations', undefined, signal),
  })
  const open = found.data?.filter((c) => c.open) ?? []
  const over = found.data?.filter((c) => !c.open) ?? []
  return (
    <Page
      title="公开征求意见"
      lead="授权运营实施方案和规则文件的征求意见稿在这里向社会公开。征求意见期内任何人都可以实名提出意见；期满后，每条意见是否采纳、理由是什么，也在这里公布。"
    >
      {found.isError && <Trouble error={found.error} again={() => void found.refetch()} />}
      {found.isPending && <Waiting />}
      {found.data && open.length === 0 && (
        <div className="p-empty">
          <h2>现在没有正在征求意见的文件</h2>
        </div>
      )}
      <ol className="p-notices">
        {open.map((c) => (
          <Row key={c.id} c={c} />
        ))}
      </ol>
      {over.length > 0 && (
        <>
          <h2 className="p-h2">已经结束</h2>
          <ol className="p-notices">
            {over.map((c) => (
              <Row key={c.id} c={c} />
            ))}
          </ol>
        </>
      )}
    </Page>
  )
}

const Row = ({ c }: { c: PublicConsultation }) => (
  <li>
    <div className="p-noticehead">
      <h3 className="grow">
        <Link to={`/consultations/${c.id}`}>{c.title}</Link>
      </h3>
      <ConsultationChip c={c} />
    </div>
    <p className="sub">
      {[c.author, c.divisionName, c.kindTerm, `征求意见期 ${c.from} 至 ${c.to}`].join(' · ')}
      {c.results && ` · 收到意见 ${c.results.heard} 条，采纳 ${c.results.adopted + c.results.partly} 条`}
    </p>
  </li>
)

export const ConsultationChip = ({ c }: { c: PublicConsultation }) => (
  <span className={`chip ${c.open ? (c.left <= 3 ? 'warn' : 'blue') : c.state === 'published' ? 'ok' : ''}`}>
    {c.open ? (c.left === 1 ? '今天截止' : `还有 ${c.left} 天`) : c.state === 'open' ? '待公布采纳情况' : c.stateTerm}
  </span>
)
