import type { CaseList, CaseRow } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { AutoComplete } from 'antd'
import type { RefSelectProps } from 'antd'
import { useDeferredValue, useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { get } from '../api.ts'
import { StateChip } from '../ui/chips.tsx'
import { useKeys } from '../ui/keys.ts'
import { casePath } from './places.ts'

const find = (collection: string, q: string, signal: AbortSignal): Promise<CaseList> =>
  get<CaseList>(`/${collection}`, { q, limit: 6 }, signal)

/** Searches applications and records from anywhere; the key `/` comes here. */
export const Search = () => {
  const navigate = useNavigate()
  const [q, setQ] = useState('')
  const asked = useDeferredValue(q.trim())
  const input = useRef<RefSelectProps>(null)
  useKeys({ '/': () => input.current?.focus() })
  const { data } = useQuery({
    queryKey: ['list', 'search', asked],
    queryFn: async ({ signal }) => {
      const [applications, records] = await Promise.all([
        find('applications', asked, signal),
        find('records', asked, signal),
      ])
      return { applications, records }
    },
    enabled: asked !== '',
    placeholderData: (before) => before,
  })
  const group = (label: string, collection: string, list: CaseList) => ({
    label: `${label}（${list.total}）`,
    options: [
      ...list.rows.map((r) => ({ value: casePath(r), label: <Found row={r} /> })),
      ...(list.total > list.rows.length
        ? [
            {
              value: `/desk/${collection}?q=${encodeURIComponent(asked)}`,
              label: <span className="sub">查看全部 {list.total} 条</span>,
            },
          ]
        : []),
    ],
  })
  const found =
    data && asked !== ''
      ? [group('登记办理', 'applications', data.applications), group('登记簿', 'records', data.records)].filter(
          (g) => g.options.length > 0,
        )
      : []
  return (
    <div className="search" role="search">
      <AutoComplete
        ref={input}
        aria-label="搜索登记办理和登记簿"
        placeholder="搜索登记、产品、单位、登记码…"
        suffixIcon={q === '' ? <kbd>/</kbd> : null}
        value={q}
        onChange={(v: string | undefined) => !v?.startsWith('/desk/') && setQ(v ?? '')}
        onSelect={(to: string | undefined) => {
          setQ('')
          input.current?.blur()
          void navigate(to ?? '')
        }}
        onInputKeyDown={(e) => {
          if (e.key === 'Escape') input.current?.blur()
        }}
        options={found}
        notFoundContent={asked !== '' && data ? <span className="muted">没有找到“{asked}”</span> : null}
        style={{ width: '100%' }}
      />
    </div>
  )
}

const Found = ({ row }: { row: CaseRow }) => (
  <div className="found">
    <span className="grow">
      {row.title} <span className="muted small">{row.parties['applicant'] ?? row.parties['holder']}</span>
    </span>
    <StateChip state={row.state} term={row.stateTerm} />
  </div>
)
