import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useDeferredValue, useState } from 'react'
import { get } from '../api.ts'
import { useForm } from './context.ts'
import type { Path } from './schema.ts'

interface Body {
  readonly id: string
  readonly name: string
}

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
    queryKey: ['bodies', asked, value],
    queryFn: ({ signal }) => get<Body[]>('/organisations/names', { q: asked, ...(value ? { id: value } : {}) }, signal),
    placeholderData: (before) => before,
  })
  const options = (data ?? []).map((r) => ({ value: r.id, label: r.name }))
  if (value !== '' && !options.some((o) => o.value === value)) options.unshift({ value, label: '…' })
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
