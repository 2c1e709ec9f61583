import type { AnnexEntry, CatalogueList } from '#contract'
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { useState } from 'react'
import { get, send, useMe } from '../../api.ts'
import { entryLabel, useEntries } from '../../form/entries.ts'
import { AnnexTable } from './AnnexTable.tsx'

/** Entries are found by name, or taken over as a whole from one's own catalogue; what must be minded about each stands beside it. */
export const AnnexEditor = ({
  plan,
  value,
  change,
  error,
}: {
  plan: string
  value: readonly string[]
  change: (value: string[]) => void
  error: string | undefined
}) => {
  const me = useMe()
  const [q, setQ] = useState('')
  const { found, isFetching } = useEntries(q, [])
  const key = [...value].sort().join(' ')
  const annex = useQuery({
    queryKey: ['plan annex', plan, key],
    queryFn: () => send<AnnexEntry[]>('POST', `/plans/${plan}/annex`, { items: value }),
    placeholderData: keepPreviousData,
    enabled: value.length > 0,
  })
  const own = useMutation({
    mutationFn: () =>
      get<CatalogueList>('/catalogue', { unit: me?.org, state: 'listed', object: 'resource', limit: 200 }),
    onSuccess: (l) => change([...new Set([...value, ...l.rows.filter((r) => !r.secret).map((r) => r.id)])]),
  })
  const rows = new Map((annex.data ?? []).map((r) => [r.id, r]))
  return (
    <div className="annex">
      <div className="annex-add">
        <Select
          id="annex-pick"
          className="grow"
          aria-label="查找目录项"
          showSearch={{ filterOption: false, onSearch: setQ, searchValue: q }}
          placeholder="输入目录名称查找并列入"
          loading={isFetching}
          notFoundContent={isFetching ? '正在查找…' : '没有找到目录项'}
          value={null}
          options={found.filter((e) => !value.includes(e.id)).map((e) => ({ value: e.id, label: entryLabel(e) }))}
          onChange={(id: string | null) => {
            if (id) change([...value, id])
            setQ('')
          }}
        />
        <Button onClick={() => own.mutate()} loading={own.isPending}>
          列入本单位全部目录项
        </Button>
      </div>
      {error && (
        <p className="bad-text small" data-error>
          {error}
        </p>
      )}
      {value.length === 0 ? (
        <p className="muted annex-none">还没有列入目录项。涉密的目录项不能列入，未定级的会标出。</p>
      ) : (
        <AnnexTable
          rows={value.map(
            (id): AnnexEntry =>
              rows.get(id) ?? {
                id,
                name: '正在读取…',
                units: [],
                frequency: '',
                grade: '',
                secret: false,
                ungraded: false,
                withdrawn: false,
                hidden: false,
                holderKind: '',
                applies: '',
              },
          )}
          remove={(id) => change(value.filter((v) => v !== id))}
        />
      )}
    </div>
  )
}
