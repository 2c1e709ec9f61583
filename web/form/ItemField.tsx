import { Select } from 'antd'
import { useState } from 'react'
import { useForm } from './context.ts'
import { entryLabel, useEntries } from './entries.ts'
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
  const { found, isFetching } = useEntries(q, value)
  const options = found.map((e) => ({ value: e.id, label: entryLabel(e) }))
  for (const id of value) if (!found.some((e) => e.id === id)) options.push({ value: id, label: '…' })
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
