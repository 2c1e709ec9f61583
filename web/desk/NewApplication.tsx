import type { CaseList, CaseRow } from '#contract'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Button, Modal, Radio, Select } from 'antd'
import { useDeferredValue, useState } from 'react'
import { useNavigate } from 'react-router'
import { get, send } from '../api.ts'
import { Trouble } from '../ui/Trouble.tsx'
import { afterAct } from './queries.ts'

type Kind = 'first' | 'change' | 'correction' | 'deregistration' | 'renewal'
type Variant = 'resource' | 'product'
type Scope = 'authorized' | 'other'

export interface Start {
  readonly kind?: Kind
  readonly variant?: Variant
  readonly scope?: Scope
  readonly item?: string
  readonly record?: string
  readonly obligation?: string
  /** Name of what is to be registered, for the heading. */
  readonly title?: string
}

const kinds: readonly { readonly value: Kind; readonly label: string; readonly says: string }[] = [
  { value: 'first', label: '首次登记', says: '尚未登记的资源、产品和服务' },
  { value: 'change', label: '变更登记', says: '来源、内容、存证或主体信息有重要更新' },
  { value: 'correction', label: '更正登记', says: '已登记的信息有误' },
  { value: 'renewal', label: '续展', says: '有效期届满前继续有效' },
  { value: 'deregistration', label: '注销登记', says: '灭失、放弃、终止等' },
]

/** What an obligation or a catalogue item already decides about the application it leads to. */
export const startOf = (row: CaseRow): Start => {
  if (row.process === 'item')
    return { kind: 'first', variant: row.kind === 'product' ? 'product' : 'resource', item: row.id, title: row.title }
  if (row.process === 'record')
    return { variant: row.variant === 'product' ? 'product' : 'resource', record: row.id, title: row.title }
  const kind: Kind = row.kind === 'change' || row.kind === 'subjectChange' ? 'change' : 'first'
  return {
    kind,
    obligation: row.id,
    title: row.title,
    ...(kind === 'first'
      ? { variant: row.kind === 'product' ? 'product' : 'resource', scope: 'authorized' as const }
      : {}),
  }
}

interface Props {
  readonly start?: Start
  readonly label?: string
  readonly small?: boolean
  readonly primary?: boolean
  /** Kinds that make sense here. */
  readonly only?: readonly Kind[]
}

/** A button that opens an application: asks only what is not known yet, then goes to the draft. */
export const NewApplication = ({ start = {}, label = '新建申请', small = false, primary = !small, only }: Props) => {
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button type={primary ? 'primary' : 'default'} size={small ? 'small' : 'middle'} onClick={() => setOpen(true)}>
        {label}
      </Button>
      {open && <StartDialog start={start} {...(only ? { only } : {})} close={() => setOpen(false)} />}
    </>
  )
}

const StartDialog = ({ start, only, close }: { start: Start; only?: readonly Kind[]; close: () => void }) => {
  const navigate = useNavigate()
  const offered = kinds.filter((k) => (only ? only.includes(k.value) : true))
  const [kind, setKind] = useState<Kind | undefined>(
    start.kind ?? (offered.length === 1 ? offered[0]?.value : undefined),
  )
  const [variant, setVariant] = useState<Variant | undefined>(start.variant)
  const [scope, setScope] = useState<Scope | undefined>(start.scope)
  const [of, setOf] = useState<CaseRow>()
  const onRecord = kind !== undefined && kind !== 'first'
  const record = start.record ?? (onRecord ? of?.id : undefined)
  const item = start.item ?? (kind === 'first' ? of?.id : undefined)
  const about =
    variant ?? (of ? (of.variant === 'product' || of.kind === 'product' ? 'product' : 'resource') : undefined)
  const ready = kind && about && scope && (!onRecord || record)
  const begin = useMutation({
    mutationFn: () =>
      send<{ id: string }>('POST', '/applications', {
        kind,
        variant: about,
        scope,
        ...(item ? { item } : {}),
        ...(record ? { record } : {}),
        ...(start.obligation ? { obligation: start.obligation } : {}),
      }),
    onSuccess: async ({ id }) => {
      await navigate(`/desk/applications/${id}`)
      await afterAct()
    },
  })
  return (
    <Modal
      open
      title={start.title ? `发起登记：${start.title}` : '新建登记申请'}
      okText="开始填写"
      okButtonProps={{ disabled: !ready }}
      confirmLoading={begin.isPending}
      onOk={() => begin.mutate()}
      onCancel={close}
      width={560}
    >
      <div className="stack">
        {begin.isError && <Trouble error={begin.error} again={() => begin.mutate()} />}
        {!start.kind && offered.length > 1 && (
          <fieldset>
            <legend>登记类型</legend>
            <Radio.Group
              className="stacked"
              value={kind}
              onChange={(e) => {
                setKind(e.target.value as Kind)
                setOf(undefined)
              }}
            >
              {offered.map((k) => (
                <Radio key={k.value} value={k.value}>
                  {k.label} <span className="muted small">{k.says}</span>
                </Radio>
              ))}
            </Radio.Group>
          </fieldset>
        )}
        {onRecord && !start.record && (
          <fieldset>
            <legend>登记记录</legend>
            <CasePicker collection="records" value={of} choose={setOf} placeholder="输入名称或登记码查找" />
          </fieldset>
        )}
        {kind === 'first' && !start.item && (
          <fieldset>
            <legend>
              目录项 <span className="muted small">选填，选定后自动带出目录信息</span>
            </legend>
            <CasePicker collection="items" value={of} choose={setOf} placeholder="输入目录名称查找" />
          </fieldset>
        )}
        {kind === 'first' && !start.variant && !of && (
          <fieldset>
            <legend>登记对象</legend>
            <Radio.Group
              value={variant}
              onChange={(e) => setVariant(e.target.value as Variant)}
              options={[
                { value: 'resource', label: '公共数据资源' },
                { value: 'product', label: '公共数据产品和服务' },
              ]}
            />
          </fieldset>
        )}
        {kind && !start.scope && (
          <fieldset>
            <legend>授权运营范围</legend>
            <Radio.Group
              value={scope}
              onChange={(e) => setScope(e.target.value as Scope)}
              options={[
                { value: 'authorized', label: '已纳入授权运营范围' },
                { value: 'other', label: '未纳入授权运营范围' },
              ]}
            />
            <p className="muted small">决定由谁登记、是否须提交风险评估报告。</p>
          </fieldset>
        )}
        {start.obligation && <p className="sub">本次申请提交后，对应的登记义务即告履行。</p>}
      </div>
    </Modal>
  )
}

const CasePicker = ({
  collection,
  value,
  choose,
  placeholder,
}: {
  collection: string
  value: CaseRow | undefined
  choose: (row: CaseRow | undefined) => void
  placeholder: string
}) => {
  const [q, setQ] = useState('')
  const asked = useDeferredValue(q)
  const { data, isFetching } = useQuery({
    queryKey: ['list', collection, 'pick', asked],
    queryFn: ({ signal }) => get<CaseList>(`/${collection}`, { q: asked, open: 1, limit: 20 }, signal),
    placeholderData: (before) => before,
  })
  const rows = data?.rows ?? []
  return (
    <Select
      aria-label={placeholder}
      className="wide"
      style={{ width: '100%' }}
      showSearch={{ filterOption: false, onSearch: setQ }}
      allowClear
      loading={isFetching}
      placeholder={placeholder}
      notFoundContent={isFetching ? '正在查找…' : '没有找到'}
      options={rows.map((r) => ({ value: r.id, label: `${r.title}（${r.parties['holder'] ?? r.kindTerm}）` }))}
      value={value?.id ?? null}
      onChange={(id: string | null) => choose(rows.find((r) => r.id === id))}
    />
  )
}
