import type { Twins } from '#contract'
import { useMutation, useQuery } from '@tanstack/react-query'
import { App, Button, Input, Radio, Select, Skeleton } from 'antd'
import { useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { get, send, useClock, useMe } from '../../api.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Trouble } from '../../ui/Trouble.tsx'
import { DayText } from '../../ui/chips.tsx'
import { useTitle } from '../../ui/title.ts'
import { hatsOf } from '../places.ts'
import { afterAct } from '../queries.ts'
import './catalogue.css'

/** 数源冲突: entries of one territory with one name, of which it has not been decided which is the source. */
export const ConflictsPage = () => {
  useTitle('数源冲突')
  const me = useMe()
  const hats = me ? hatsOf(me) : undefined
  const { data, error, refetch } = useQuery({
    queryKey: ['list', 'catalogue', 'conflicts'],
    queryFn: ({ signal }) => get<Twins>('/catalogue/conflicts', undefined, signal),
  })
  return (
    <>
      <header className="page-head">
        <h1>数源冲突</h1>
        {data && (
          <span className={`chip ${data.length > 0 ? 'warn' : 'ok'}`}>
            {data.length > 0 ? `${data.length} 组待认定` : '没有冲突'}
          </span>
        )}
        <div className="grow" />
        <Link to="/desk/authorities">已办理的认定</Link>
      </header>
      <p className="sub" style={{ marginBottom: 14 }}>
        同一地区名称相同的目录项列在这里。一数一源：认定其中一项为唯一数源，其余改为引用或移出目录；实为不同数据的，认定不构成冲突。
      </p>
      {error ? (
        <Trouble error={error} again={() => void refetch()} />
      ) : !data ? (
        <Skeleton active title={false} />
      ) : data.length === 0 ? (
        <div className="card">
          <Empty title="没有待认定的冲突" says="新的目录项与已有的同名时，会列在这里。" />
        </div>
      ) : (
        <div className="stack">
          {data.map((t) => (
            <Conflict key={`${t.division} ${t.same}`} twin={t} mayDecide={hats?.bureau === true && hats.handler} />
          ))}
        </div>
      )}
    </>
  )
}

const decisions = [
  { value: 'reference', label: '一项为唯一数源，其余改为引用' },
  { value: 'merge', label: '一项为唯一数源，其余移出目录' },
  { value: 'distinct', label: '不构成冲突（实为不同数据）' },
]
const roles: Readonly<Record<string, string>> = { sole: '唯一数源', reference: '引用', distinct: '不构成冲突' }

const Conflict = ({ twin: t, mayDecide }: { twin: Twins[number]; mayDecide: boolean }) => {
  const today = useClock()?.day
  const navigate = useNavigate()
  const { message } = App.useApp()
  const [sole, setSole] = useState<string>()
  const [decision, setDecision] = useState('reference')
  const [reason, setReason] = useState('')
  const go = useMutation({
    mutationFn: () =>
      send<{ id: string }>('POST', '/authorities', {
        input: {
          items: t.entries.map((e) => e.id),
          decision,
          reason,
          ...(decision === 'distinct' ? {} : { sole }),
        },
      }),
    onSuccess: ({ id }) => {
      message.success('已拟定认定意见，待审定')
      void afterAct()
      void navigate(`/desk/authorities/${id}`)
    },
  })
  const name = t.entries[0]?.name ?? ''
  const ready = reason.trim() !== '' && (decision === 'distinct' || sole !== undefined)
  return (
    <section className="card twin" aria-label={name}>
      <div className="card-head">
        <h2>{name}</h2>
        <span className="muted small">
          {t.divisionName} · {t.entries.length} 项同名
        </span>
        {t.authority === 'sole' && <span className="chip warn">已有唯一数源，另有新的同名目录项</span>}
      </div>
      <div className="wide-table">
        <table className="cases plain">
          <caption className="unseen">{name}的同名目录项</caption>
          <thead>
            <tr>
              {mayDecide && decision !== 'distinct' && t.authority === '' && <th scope="col">认定为数源</th>}
              <th scope="col">目录名称</th>
              <th scope="col">数源单位</th>
              <th scope="col">归集</th>
              <th scope="col">更新频率</th>
              <th scope="col" className="n">
                完整度
              </th>
              <th scope="col">最近变化</th>
              <th scope="col">认定</th>
            </tr>
          </thead>
          <tbody>
            {t.entries.map((e, i) => (
              <tr key={e.id}>
                {mayDecide && decision !== 'distinct' && t.authority === '' && (
                  <td className="radio">
                    <Radio
                      checked={sole === e.id}
                      onChange={() => setSole(e.id)}
                      aria-label={`第 ${i + 1} 项：${e.units.join('、')}“${e.name}”`}
                    />
                  </td>
                )}
                <td>
                  <Link to={`/desk/items/${e.id}`}>{e.name}</Link>{' '}
                  {e.stateTerm !== '在目录' && <span className="chip warn">{e.stateTerm}</span>}
                </td>
                <td>{e.units.join('、')}</td>
                <td>{e.collected === null ? '' : e.collected ? '已归集' : '待归集'}</td>
                <td>{e.frequency}</td>
                <td className="n">{e.complete}%</td>
                <td>
                  <DayText day={e.updated} today={today} />
                </td>
                <td>{roles[e.source] ?? <span className="muted">未认定</span>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {t.authority !== '' ? (
        <p className="twin-act sub">
          该名称的数源已经认定：请在<Link to="/desk/authorities">已办理的认定</Link>中“纳入新的同名目录项”。
        </p>
      ) : (
        mayDecide && (
          <div className="twin-act">
            <Select
              aria-label="认定"
              style={{ width: '18rem' }}
              options={decisions}
              value={decision}
              onChange={(v: string) => setDecision(v)}
            />
            <Input
              aria-label="理由"
              placeholder="理由"
              className="grow"
              style={{ minWidth: '14rem' }}
              maxLength={1000}
              value={reason}
              onChange={(e) => setReason(e.target.value)}
            />
            <Button type="primary" disabled={!ready} loading={go.isPending} onClick={() => go.mutate()}>
              拟定认定意见
            </Button>
          </div>
        )
      )}
      {go.error && <Trouble error={go.error} />}
    </section>
  )
}
