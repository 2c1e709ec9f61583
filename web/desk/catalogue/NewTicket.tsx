import type { ActionView, PublicItem } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { Radio, Skeleton } from 'antd'
import { useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import { get, send, useMe } from '../../api.ts'
import { FormDrawer } from '../../form/FormDrawer.tsx'
import { Trouble } from '../../ui/Trouble.tsx'
import { useTitle } from '../../ui/title.ts'
import { afterAct } from '../queries.ts'

const kinds = [
  { value: 'objection', label: '数据异议', says: '数据与事实不符，请持有单位核实更正' },
  { value: 'quality', label: '质量问题', says: '使用中发现空缺、重复、格式不对等问题，逐级溯源到数源单位' },
  { value: 'verification', label: '数据校核', says: '对共享得到的数据有疑义，请提供单位在规定期限内校核' },
]

/** Where a published entry leads those who found something wrong with its data. */
export const NewTicket = () => {
  useTitle('反映数据问题')
  const { item = '' } = useParams()
  const me = useMe()
  const navigate = useNavigate()
  const [kind, setKind] = useState('objection')
  const offered = me?.self ? kinds.slice(0, 1) : kinds
  const { data, error } = useQuery({
    queryKey: ['form', 'tickets', kind, item],
    queryFn: ({ signal }) => get<ActionView>('/tickets/form', { kind, about: item }, signal),
  })
  const { data: entry } = useQuery({
    queryKey: ['public', 'item', item],
    queryFn: ({ signal }) => get<PublicItem>(`/public/items/${encodeURIComponent(item)}`, undefined, signal),
  })
  if (error) return <Trouble error={error} />
  if (!data) return <Skeleton active title={false} />
  return (
    <>
      <header className="page-head">
        <h1>反映数据问题</h1>
      </header>
      <FormDrawer
        key={kind}
        action={data}
        {...(entry ? { about: `${entry.name}（${entry.units.join('、')}）` } : {})}
        before={
          <div className="stack" style={{ marginBottom: 16 }}>
            <Radio.Group
              aria-label="类型"
              options={offered.map(({ value, label }) => ({ value, label }))}
              value={kind}
              onChange={(e) => setKind(e.target.value as string)}
            />
            <p className="sub">{offered.find((k) => k.value === kind)?.says}</p>
          </div>
        }
        send={(input) => send<{ id: string }>('POST', '/tickets', { kind, about: item, input })}
        done={({ id }) => {
          void afterAct()
          void navigate(`/desk/tickets/${id}`)
        }}
        close={() => void navigate('/desk/tickets')}
      />
    </>
  )
}
