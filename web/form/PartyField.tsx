import type { CaseList, CaseView } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useDeferredValue, useState } from 'react'
import { get } from '../api.ts'
import { useForm } from './context.ts'
import type { Path } from './schema.ts'

interface PickerProps {
  readonly id?: string
  readonly value: string
  readonly choose: (org: string | undefined) => void
  readonly aria?: object
}

/** Finds an organisation by its name. */
export const PartyPicker = ({ id, value, choose, aria }: PickerProps) => {
  const [q, setQ] = useState('')
  const asked = useDeferredValue(q)
  const { data, isFetching } = useQuery({
    queryKey: ['list', 'organisations', 'pick', asked],
    queryFn: ({ signal }) => get<CaseList>('/organisations', { q: asked, limit: 20 }, signal),
    placeholderData: (before) => before,
  })
  const listed = data?.rows.find((r) => r.id === value)
  const chosen = useQuery({
    queryKey: ['case', 'organisations', value],
    queryFn: ({ signal }) => get<CaseView>(`/organisations/${value}`, undefined, signal),
    enabled: value !== '' && data !== undefined && listed === undefined,
  })
  const options = (data?.rows ?? []).map((r) => ({ value: r.id, label: r.title }))
  if (value !== '' && !listed) options.unshift({ value, label: chosen.data?.title ?? '…' })
  return (
    <Select
      {...(id ? { id } : {})}
      {...aria}
      className="wide"
      showSearch={{ filterOption: false, onSearch: setQ }}
      allowClear
      loading={isFetching}
      placeholder="输入单位名称查找"
      notFoundContent={isFetching ? '正在查找…' : '没有找到单位'}
      options={options}
      value={value || null}
      onChange={(v: string | null) => choose(v ?? undefined)}
    />
  )
}

export const PartyField = ({ id, path, value, aria }: { id: string; path: Path; value: string; aria: object }) => {
  const { set } = useForm()
  return <PartyPicker id={id} value={value} choose={(v) => set(path, v)} aria={aria} />
}
