import type { ImportResultView } from '#contract'
import { useMutation } from '@tanstack/react-query'
import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import { Trouble } from '../../ui/Trouble.tsx'
import type { FieldSchema, FormSchema, Value } from '../../form/schema.ts'

type Sheet = ImportResultView['sheets'][number]
interface Option {
  readonly value: string
  readonly term: string
}
/** The choices of a field of one row of a list, as the form of the act names them. */
const optionsOf = (schema: FormSchema | undefined, list: string, key: string): readonly Option[] => {
  const rows = (schema?.properties as Record<string, FieldSchema & { items?: FormSchema }> | undefined)?.[list]?.items
  return (
    (rows?.properties as Record<string, { 'x-options'?: readonly Option[] }> | undefined)?.[key]?.['x-options'] ?? []
  )
}
const roleTerms: Readonly<Record<Sheet['role'], string>> = { items: '目录', fields: '信息项', ignored: '不读取' }

interface Props {
  readonly result: ImportResultView
  /** The form of the act by which a person corrects the mapping; without it there is only something to read. */
  readonly schema?: FormSchema
  readonly save?: (input: Value) => Promise<unknown>
}

/** What each column was read as, with what stands in it; a person corrects it, and it is remembered for lists with these titles. */
export const Columns = ({ result, schema, save }: Props) => {
  const [means, setMeans] = useState<Readonly<Record<string, string>>>({})
  const [roles, setRoles] = useState<Readonly<Record<string, Sheet['role']>>>({})
  const [holders, setHolders] = useState<Readonly<Record<string, string>>>({})
  const touched = [means, roles, holders].some((o) => Object.keys(o).length > 0)
  const go = useMutation({ mutationFn: (input: Value) => save?.(input) ?? Promise.resolve() })
  const fields = optionsOf(schema, 'columns', 'means')
  // the only sheet there is will be the list, whatever its titles say
  const lone = save !== undefined && result.sheets.length === 1
  const roleOf = (s: Sheet): Sheet['role'] => roles[s.sheet] ?? (lone ? 'items' : s.role)
  const keyOf = (s: Sheet, at: number): string => `${s.sheet}\n${at}`
  const send = (): void =>
    go.mutate({
      sheets: result.sheets.map((s) => {
        const holder = holders[s.sheet] ?? s.holder ?? ''
        return { sheet: s.sheet, role: roleOf(s), ...(holder.trim() === '' ? {} : { holder: holder.trim() }) }
      }),
      columns: result.sheets.flatMap((s) =>
        s.columns.map((c) => ({
          sheet: s.sheet,
          at: c.at,
          title: c.title,
          means: means[keyOf(s, c.at)] ?? c.means,
        })),
      ),
    })
  if (result.sheets.length === 0) return null
  return (
    <section className="card" aria-label="各列含义">
      <header className="card-head">
        <h2>各列含义</h2>
        <span className="muted small">
          {save ? '识别有误的，选正确的含义；同样标题的清单以后都按此读取' : '按此读取清单'}
        </span>
        <div className="grow" />
        {save && (
          <Button type="primary" disabled={!touched} loading={go.isPending} onClick={send}>
            按此重新检查
          </Button>
        )}
      </header>
      {go.isError && (
        <div className="loose">
          <Trouble error={go.error} />
        </div>
      )}
      {result.sheets.map((s) => (
        <div key={s.sheet} className="sheet-columns">
          <div className="line loose">
            <b>{s.sheet}</b>
            {s.role !== 'ignored' && s.head.from > 0 && (
              <span className="muted small">
                标题在第 {s.head.from === s.head.to ? s.head.from : `${s.head.from} 至 ${s.head.to}`} 行
              </span>
            )}
            {save ? (
              <Select
                size="small"
                aria-label={`工作表“${s.sheet}”的内容`}
                style={{ width: '7rem' }}
                value={roleOf(s)}
                options={Object.entries(roleTerms).map(([value, label]) => ({ value, label }))}
                onChange={(v: Sheet['role']) => setRoles({ ...roles, [s.sheet]: v })}
              />
            ) : (
              <span className="chip">{roleTerms[s.role]}</span>
            )}
            {roleOf(s) === 'items' && !s.columns.some((c) => (means[keyOf(s, c.at)] ?? c.means) === 'holders') && (
              <label className="line small">
                <span className="sub">各行统一的数源单位</span>
                <Input
                  size="small"
                  style={{ width: '14rem' }}
                  disabled={!save}
                  value={holders[s.sheet] ?? s.holder ?? ''}
                  onChange={(e) => setHolders({ ...holders, [s.sheet]: e.target.value })}
                />
              </label>
            )}
          </div>
          {roleOf(s) !== 'ignored' && s.columns.length > 0 && (
            <div className="wide-table">
              <table className="cases plain tight">
                <thead>
                  <tr>
                    <th scope="col">清单中的标题</th>
                    <th scope="col">含义</th>
                    <th scope="col">其中的内容</th>
                  </tr>
                </thead>
                <tbody>
                  {s.columns.map((c) => {
                    const now = means[keyOf(s, c.at)] ?? c.means
                    return (
                      <tr key={c.at}>
                        <td>{c.title}</td>
                        <td className="nowrap">
                          {save ? (
                            <Select
                              showSearch
                              optionFilterProp="label"
                              size="small"
                              aria-label={`“${c.title}”的含义`}
                              style={{ width: '12rem' }}
                              value={now}
                              options={fields.map((f) => ({ value: f.value, label: f.term }))}
                              onChange={(v: string) => setMeans({ ...means, [keyOf(s, c.at)]: v })}
                            />
                          ) : (
                            <span className={c.means === 'none' ? 'muted' : ''}>{c.term}</span>
                          )}{' '}
                          {now === c.means && c.means !== 'none' && c.confidence < 90 && (
                            <span className={c.confidence < 70 ? 'warn-text small' : 'muted small'}>推断，请核对</span>
                          )}
                        </td>
                        <td className="sub small">{c.samples.join(' · ')}</td>
                      </tr>
                    )
                  })}
                </tbody>
              </table>
            </div>
          )}
        </div>
      ))}
    </section>
  )
}
