import type { CaseList, CaseView } from '#contract'
import { useQueries, useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useDeferredValue, useState } from 'react'
import { get } from '../api.ts'
import { useForm } from './context.ts'
import type { Path } from './schema.ts'

interface Props {
  readonly id: string
  readonly path: Path
  readonly value: readonly string[]
  readonly many: boolean
  readonly aria: object
}

/** Finds catalogue entries by their name: one, or several. */
export const ItemField = ({ id, path, value, many, aria }: Props) => {
  const { set } = useForm()
  const [q, setQ] = useState('')
  const asked = useDeferredValue(q)
  const { data, isFetching } = useQuery({
    queryKey: ['list', 'items', 'pick', asked],
    queryFn: ({ signal }) => get<CaseList>('/items', { q: asked, limit: 20 }, signal),
    placeholderData: (before) => before,
  })
  const listed = data?.rows ?? []
  const others = useQueries({
    queries: value
      .filter((v) => data !== undefined && !listed.some((r) => r.id === v))
      .map((v) => ({
        queryKey: ['case', 'items', v],
        queryFn: ({ signal }: { signal: AbortSignal }) => get<CaseView>(`/items/${v}`, undefined, signal),
      })),
  }).flatMap((x) => (x.data ? [x.data] : []))
  const options = [...others, ...listed].map((r) => ({
    value: r.id,
    label: `${r.title}（${r.facts.find((f) => f.term === '持有单位')?.value ?? r.parties['holder'] ?? ''}）`,
  }))
  return (
    <Select
      id={id}
      {...aria}
      className="wide"
      {...(many ? { mode: 'multiple' as const } : {})}
      showSearch={{ filterOption: false, onSearch: setQ }}
      allowClear
      loading={isFetching}
      placeholder="输入目录名称查找"
      notFoundContent={isFetching ? '正在查找…' : '没有找到目录项'}
      options={options}
      value={many ? [...value] : (value[0] ?? null)}
      onChange={(v: string | string[] | null) => set(path, v === null ? undefined : v)}
    />
  )
}
