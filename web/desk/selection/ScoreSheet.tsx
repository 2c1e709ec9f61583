import './selection.css'
import type { ActionView, CaseView } from '#contract'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Button, Input, InputNumber } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { get, problemOf, send } from '../../api.ts'
import { afterAct } from '../queries.ts'

interface Row {
  readonly candidate: string
  readonly factor: string
  readonly score?: number | null
  readonly reason?: string
}

/** 评分表: a reviewer's own sheet, a block for each candidate, a line for each factor; kept as often as wanted until it is signed. */
export const ScoreSheet = ({ view }: { view: CaseView }) => {
  const action = view.actions.find((a) => a.act === 'score')
  // a sheet comes to be with the act, and begins with what the act begins with
  return action ? <Sheet view={view} action={action} /> : null
}

const Sheet = ({ view, action }: { view: CaseView; action: ActionView }) => {
  const given = ((action.value as { scores?: Row[] } | undefined)?.scores ?? []) as readonly Row[]
  const [rows, setRows] = useState<readonly Row[]>(given)
  const names = useQuery({
    queryKey: ['case', 'candidacies', 'of', view.id],
    queryFn: async ({ signal }) =>
      Object.fromEntries(
        await Promise.all(
          view.links
            .filter((l) => l.process === 'candidacy')
            .map(async (l) => {
              const c = await get<CaseView>(`/candidacies/${l.id}`, undefined, signal)
              const who = c.seats.find((s) => s.seat === 'applicant')
              return [who?.id ?? '', { name: who?.name ?? '', id: l.id }] as const
            }),
        ),
      ),
  })
  const most = Object.fromEntries(
    (view.timeline.find((t) => t.act === 'assign')?.detail ?? [])
      .filter((d) => d.key === 'limits')
      .flatMap((d) => (d.text ?? '').split('；').map((x) => x.split(' ')))
      .map(([term = '', n = '']) => [term, Number.parseInt(n, 10)]),
  )
  const keep = useMutation({
    mutationFn: () => send('POST', `/evaluations/${view.id}/actions/score`, { input: { scores: rows } }, view.version),
    onSuccess: () => void afterAct(),
  })
  const change = (at: Row, over: Partial<Row>): void =>
    setRows(rows.map((r) => (r.candidate === at.candidate && r.factor === at.factor ? { ...r, ...over } : r)))
  const open = rows.filter((r) => typeof r.score !== 'number' || !r.reason?.trim()).length
  const candidates = [...new Set(rows.map((r) => r.candidate))]
  const problem = keep.error ? problemOf(keep.error) : undefined
  return (
    <section className="card" aria-labelledby="sheet">
      <div className="card-head">
        <h2 id="sheet">评分表</h2>
        <span className="muted small">{open > 0 ? `还有 ${open} 项没有评完` : '已评完，保存后签署'}</span>
      </div>
      {candidates.map((c) => {
        const mine = rows.filter((r) => r.candidate === c)
        const who = names.data?.[c]
        return (
          <fieldset key={c} className="score-block">
            <legend>
              {who ? <Link to={`/desk/candidacies/${who.id}`}>{who.name}</Link> : '申请人'}
              <span className="muted"> 合计 {mine.reduce((n, r) => n + (r.score ?? 0), 0)}</span>
            </legend>
            {mine.map((r) => (
              <div key={r.factor} className="score-line">
                <span>
                  {r.factor} {most[r.factor] ? <span className="muted small">满分 {most[r.factor]}</span> : null}
                </span>
                <InputNumber
                  min={0}
                  {...(most[r.factor] ? { max: most[r.factor] as number } : {})}
                  precision={0}
                  value={r.score ?? null}
                  aria-label={`${who?.name ?? ''}${r.factor}得分`}
                  onChange={(score) => change(r, { score })}
                />
                <Input
                  value={r.reason ?? ''}
                  maxLength={500}
                  placeholder="理由"
                  aria-label={`${who?.name ?? ''}${r.factor}理由`}
                  onChange={(e) => change(r, { reason: e.target.value })}
                />
              </div>
            ))}
          </fieldset>
        )
      })}
      <footer className="loose line">
        <Button type="primary" disabled={open > 0} loading={keep.isPending} onClick={() => keep.mutate()}>
          保存评分
        </Button>
        <span role="status">
          {problem ? <span className="unmet">{problem.title}</span> : keep.isSuccess ? '已保存' : ''}
        </span>
      </footer>
    </section>
  )
}
