import type { ActionView, PublicItem } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { Radio, Skeleton } from 'antd'
import { useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import { get, send } from '../../api.ts'
import { FormDrawer } from '../../form/FormDrawer.tsx'
import { Trouble } from '../../ui/Trouble.tsx'
import { useTitle } from '../../ui/title.ts'
import { afterAct } from '../queries.ts'

const kinds = [
  { value: 'access', label: '查阅', says: '看看该单位在这项数据里有您的哪些信息' },
  { value: 'copy', label: '复制', says: '得到一份您的信息' },
  { value: 'transfer', label: '转移', says: '把您的信息转给您指定的处理者' },
  { value: 'withdraw', label: '撤回同意', says: '自提出之日起，不再把您的信息用于授权运营；撤回前的使用不受影响' },
  { value: 'delete', label: '删除', says: '处理目的已实现、您撤回同意等法定情形下，删除您的信息' },
]

/** Where a published entry leads a person whose data stands in it. */
export const NewSubjectRequest = () => {
  useTitle('行使个人信息权利')
  const { item = '' } = useParams()
  const navigate = useNavigate()
  const [kind, setKind] = useState('access')
  const { data, error } = useQuery({
    queryKey: ['form', 'subject-requests', kind, item],
    queryFn: ({ signal }) => get<ActionView>('/subject-requests/form', { kind, about: item }, signal),
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
        <h1>行使个人信息权利</h1>
      </header>
      <FormDrawer
        key={kind}
        action={data}
        {...(entry ? { about: `${entry.name}（${entry.units.join('、')}）` } : {})}
        before={
          <div className="stack" style={{ marginBottom: 16 }}>
            <Radio.Group
              aria-label="请求"
              options={kinds.map(({ value, label }) => ({ value, label }))}
              value={kind}
              onChange={(e) => setKind(e.target.value as string)}
            />
            <p className="sub">{kinds.find((k) => k.value === kind)?.says}</p>
          </div>
        }
        send={(input) => send<{ id: string }>('POST', '/subject-requests', { kind, about: item, input })}
        done={({ id }) => {
          void afterAct()
          void navigate(`/desk/subject-requests/${id}`)
        }}
        close={() => void navigate('/desk/subject-requests')}
      />
    </>
  )
}
