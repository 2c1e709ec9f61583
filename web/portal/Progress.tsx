import type { OpenProgress } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { get } from '../api.ts'
import { Trouble } from '../ui/Trouble.tsx'
import { Page, Waiting } from './parts.tsx'

type Row = OpenProgress['units'][number]
const sum = (
  rows: readonly Row[],
  key: 'openable' | 'open' | 'unconditional' | 'planned' | 'met' | 'overdue',
): number => rows.reduce((n, r) => n + r[key], 0)

/** 开放进度: how much of what may be opened is, by domain and by unit, and how the plan of the year stands. */
export const Progress = () => {
  const [params, setParams] = useSearchParams()
  const division = params.get('division') ?? '000000'
  const year = params.get('year') ?? ''
  const found = useQuery({
    queryKey: ['public', 'opening-progress', division, year],
    queryFn: ({ signal }) => get<OpenProgress>('/public/opening-progress', { division, year }, signal),
  })
  const places = useQuery({
    queryKey: ['public', 'divisions'],
    queryFn: ({ signal }) => get<{ code: string; name: string }[]>('/public/divisions', undefined, signal),
    staleTime: Infinity,
  })
  const p = found.data
  const set = (key: string, value: string): void => {
    const next = new URLSearchParams(params)
    next.set(key, value)
    setParams(next, { replace: true, preventScrollReset: true })
  }
  const years = p ? [-1, 0, 1].map((d) => String(Number(p.day.slice(0, 4)) + d)) : []
  return (
    <Page
      title="开放进度"
      lead="可以开放的目录项有多少已经开放，年度计划完成了多少。只统计向社会公布的目录项。"
      crumbs={<Link to="/datasets">开放数据</Link>}
      tools={
        <>
          <Select
            aria-label="地区"
            value={division}
            showSearch
            optionFilterProp="label"
            style={{ width: '12rem' }}
            onChange={(v: string) => set('division', v)}
            options={(places.data ?? []).map((x) => ({
              value: x.code,
              label: x.code === '000000' ? '全部地区' : x.name,
            }))}
          />
          <Select
            aria-label="年度"
            value={year || p?.year || ''}
            style={{ width: '7rem' }}
            onChange={(v: string) => set('year', v)}
            options={years.map((y) => ({ value: y, label: `${y} 年` }))}
          />
        </>
      }
    >
      {found.isError && <Trouble error={found.error} again={() => void found.refetch()} />}
      {found.isPending && <Waiting rows={8} />}
      {p && (
        <>
          <ul className="p-counts p-progresscounts" aria-label="概况">
            {[
              { term: '可以开放的目录项', n: sum(p.themes, 'openable') },
              { term: '已经开放', n: sum(p.themes, 'open') },
              { term: '其中无条件开放', n: sum(p.themes, 'unconditional') },
              { term: `${p.year} 年计划`, n: sum(p.themes, 'planned') },
              { term: '计划已完成', n: sum(p.themes, 'met') },
              { term: '计划已逾期', n: sum(p.themes, 'overdue') },
            ].map((c) => (
              <li key={c.term}>
                <b>{c.n.toLocaleString('zh-CN')}</b>
                <span className="sub">{c.term}</span>
              </li>
            ))}
          </ul>
          <Table term="按领域" head="主题领域" rows={p.themes} />
          <Table term="按单位" head="数源单位" rows={p.units} />
          <Plan progress={p} />
        </>
      )}
    </Page>
  )
}

const Table = ({ term, head, rows }: { term: string; head: string; rows: readonly Row[] }) => (
  <div className="p-tablebox">
    <table className="p-table p-stack">
      <caption>{term}</caption>
      <thead>
        <tr>
          <th scope="col" style={{ width: '28%' }}>
            {head}
          </th>
          <th scope="col">开放进度</th>
          <th scope="col" style={{ width: '14%' }}>
            无条件开放
          </th>
          <th scope="col" style={{ width: '22%' }}>
            年度计划
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.length === 0 && (
          <tr>
            <td colSpan={4} className="muted">
              没有向社会公布、可以开放的目录项
            </td>
          </tr>
        )}
        {rows.map((r) => (
          <tr key={r.key}>
            <th scope="row">
              {r.term}
              {r.priority && <span className="p-prior">优先开放</span>}
            </th>
            <td data-term="开放进度">
              <span className="p-bar" aria-hidden="true">
                <i style={{ width: `${r.openable === 0 ? 0 : Math.round((r.open * 100) / r.openable)}%` }} />
              </span>
              <span className="p-nowrap">
                {r.open} / {r.openable}
              </span>
            </td>
            <td data-term="无条件开放">{r.unconditional}</td>
            <td data-term="年度计划">
              {r.planned === 0 ? (
                <span className="muted">未列计划</span>
              ) : (
                <>
                  完成 {r.met} / {r.planned}
                  {r.overdue > 0 && <span className="chip bad p-left">逾期 {r.overdue}</span>}
                </>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)

const Plan = ({ progress: p }: { progress: OpenProgress }) =>
  p.plan.length === 0 ? null : (
    <div className="p-tablebox">
      <table className="p-table p-stack">
        <caption>{p.year} 年开放计划</caption>
        <thead>
          <tr>
            <th scope="col">目录项</th>
            <th scope="col" style={{ width: '28%' }}>
              数源单位
            </th>
            <th scope="col" style={{ width: '16%' }}>
              主题领域
            </th>
            <th scope="col" style={{ width: '14%' }}>
              计划开放日
            </th>
            <th scope="col" style={{ width: '12%' }}>
              进展
            </th>
          </tr>
        </thead>
        <tbody>
          {p.plan.map((x) => (
            <tr key={x.id}>
              <th scope="row">{x.met ? <Link to={`/datasets/${x.item}`}>{x.name}</Link> : x.name}</th>
              <td data-term="数源单位">{x.unit}</td>
              <td data-term="主题领域">{x.themeTerm}</td>
              <td data-term="计划开放日">{x.planned}</td>
              <td data-term="进展">
                <span className={`chip ${x.met ? 'ok' : x.late ? 'bad' : ''}`}>
                  {x.met ? '已开放' : x.late ? '已逾期' : '待开放'}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
