import type { Clock, Me, Persona } from '#contract'
import { useMutation } from '@tanstack/react-query'
import { Alert, App, Input, Modal } from 'antd'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { nowActing, problemOf, queries, send, useClock } from '../api.ts'
import { plusDays } from '../ui/day.ts'
import { PersonaCards } from './PersonaCards.tsx'

/** The line on every page of a demo database: what day it plays, and how to move on in time or change roles. Nothing elsewhere. */
export const Banner = () => {
  const clock = useClock()
  const [open, setOpen] = useState<'day' | 'persona'>()
  if (!clock?.simulated) return null
  return (
    <section className="demo" aria-label="演示库">
      演示库 · 模拟日期 {clock.day}（{clock.weekday}
      {clock.workday ? '' : '，非工作日'}）· <button onClick={() => setOpen('day')}>推进日期</button> ·{' '}
      <button onClick={() => setOpen('persona')}>切换角色</button>
      {open === 'day' && <DayDialog clock={clock} close={() => setOpen(undefined)} />}
      {open === 'persona' && <PersonaDialog close={() => setOpen(undefined)} />}
    </section>
  )
}

const DayDialog = ({ clock, close }: { clock: Clock; close: () => void }) => {
  const { message } = App.useApp()
  const [day, setDay] = useState(plusDays(clock.day, 1))
  const advance = useMutation({
    mutationFn: () => send<{ day: string; done: number }>('POST', '/demo/clock', { day }),
    onSuccess: async ({ day, done }) => {
      await queries.invalidateQueries()
      message.success(`已推进到 ${day}，其间系统办理 ${done} 件到期事项`)
      close()
    },
  })
  const quick = [
    { term: '下一天', days: 1 },
    { term: '3 天后', days: 3 },
    { term: '一周后', days: 7 },
    { term: '两周后', days: 14 },
    { term: '60 天后', days: 60 },
  ]
  return (
    <Modal
      open
      title="推进日期"
      okText={`推进到 ${day}`}
      onOk={() => advance.mutate()}
      confirmLoading={advance.isPending}
      onCancel={close}
      width={480}
    >
      <p className="sub" style={{ marginBottom: 12 }}>
        日期只能向前。其间到期的期限、公示期满和提醒会照常办理。
      </p>
      <div className="line" style={{ marginBottom: 12 }}>
        {quick.map((q) => {
          const to = plusDays(clock.day, q.days)
          return (
            <button key={q.days} className={`pick${to === day ? ' on' : ''}`} onClick={() => setDay(to)}>
              {q.term}
            </button>
          )
        })}
      </div>
      <Input
        type="date"
        aria-label="推进到哪一天"
        style={{ width: 200 }}
        value={day}
        min={plusDays(clock.day, 1)}
        onChange={(e) => setDay(e.target.value)}
      />
      {advance.isError && <Alert style={{ marginTop: 12 }} type="error" title={problemOf(advance.error).title} />}
    </Modal>
  )
}

const PersonaDialog = ({ close }: { close: () => void }) => {
  const navigate = useNavigate()
  const { message } = App.useApp()
  const become = useMutation({
    mutationFn: (p: Persona) => send<Me>('POST', '/demo/persona', { person: p.person, org: p.org }),
    onSuccess: (me) => {
      nowActing(me)
      close()
      message.success(`现在是：${me.orgName} ${me.name}`)
      void navigate('/desk')
    },
  })
  return (
    <Modal open title="切换角色" footer={null} onCancel={close} width={840}>
      {become.isError && <Alert style={{ marginBottom: 12 }} type="error" title={problemOf(become.error).title} />}
      <PersonaCards choose={(p) => become.mutate(p)} busy={become.isPending} />
    </Modal>
  )
}
