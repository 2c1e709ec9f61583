import type { CaseList, DemandList, Json } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { Button, Checkbox, Input, Select } from 'antd'
import { get } from '../../api.ts'
import type { Errors, FieldSchema, Value } from '../../form/schema.ts'
import { groupOf, listOf, textOf } from '../../form/schema.ts'

/** Products and services, a line each: what is charged for says so, and each may be tied to the demand it answers. */
export const ProductsEditor = ({
  field,
  value,
  change,
  errors,
}: {
  field: FieldSchema
  value: readonly Json[]
  change: (value: Json) => void
  errors: Errors
}) => {
  const columns = field.items?.properties ?? {}
  const options = (key: string) => (columns[key]?.['x-options'] ?? []).map((o) => ({ value: o.value, label: o.term }))
  const published = useQuery({
    queryKey: ['public', 'demands', 'pick'],
    queryFn: ({ signal }) => get<DemandList>('/public/demands', { limit: 50 }, signal),
    staleTime: 60_000,
  })
  const own = useQuery({
    queryKey: ['list', 'demands', 'pick'],
    queryFn: ({ signal }) => get<CaseList>('/demands', { limit: 100 }, signal),
    staleTime: 60_000,
  })
  const demands = [
    ...new Map([
      ...(published.data?.rows ?? []).map((d) => [d.id, d.name] as const),
      ...(own.data?.rows ?? []).map((d) => [d.id, d.title] as const),
    ]),
  ].map(([id, label]) => ({ value: id, label }))
  const rows = value.map(groupOf)
  const put = (i: number, more: Value): void => change(rows.map((r, at) => (at === i ? { ...r, ...more } : r)) as Json)
  const add = (): void => {
    change([...rows, {}] as Json)
    requestAnimationFrame(() => document.getElementById(`product-${rows.length}`)?.focus())
  }
  const wrong = (i: number, key: string): { status?: 'error' } =>
    errors[`products.${i}.${key}`] ? { status: 'error' } : {}
  const lacks = (i: number): readonly string[] =>
    Object.entries(errors).flatMap(([path, says]) => (path.startsWith(`products.${i}.`) ? [says] : []))
  const charged = rows.filter((r) => r['charged'] === true).length
  return (
    <div className="annex">
      {rows.length > 0 && (
        <p className="annex-sum muted small">
          共 {rows.length} 项{charged > 0 && ` · 拟收费 ${charged} 项`}
        </p>
      )}
      {rows.length > 0 && (
        <div className="wide-table">
          <table className="products">
            <thead>
              <tr>
                <th scope="col" className="n">
                  序号
                </th>
                <th scope="col">
                  名称<span className="need">*</span>
                </th>
                <th scope="col">
                  类别<span className="need">*</span>
                </th>
                <th scope="col">所属行业</th>
                <th scope="col">
                  服务形式<span className="need">*</span>
                </th>
                <th scope="col">收费</th>
                <th scope="col">对应的数据需求</th>
                <th scope="col">
                  <span className="unseen">删除</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((r, i) => (
                <tr key={i}>
                  <td className="n muted">{i + 1}</td>
                  <td>
                    <Input
                      id={`product-${i}`}
                      aria-label={`第 ${i + 1} 项名称`}
                      value={textOf(r['name'])}
                      maxLength={100}
                      onChange={(e) => put(i, { name: e.target.value })}
                      {...wrong(i, 'name')}
                    />
                    {lacks(i).length > 0 && (
                      <p className="bad-text small" data-error>
                        {lacks(i).join('；')}
                      </p>
                    )}
                  </td>
                  <td>
                    <Select
                      className="wide"
                      aria-label={`第 ${i + 1} 项类别`}
                      options={options('class')}
                      value={textOf(r['class']) || null}
                      onChange={(v: string | null) => put(i, { class: v ?? undefined })}
                      {...wrong(i, 'class')}
                    />
                  </td>
                  <td>
                    <Input
                      aria-label={`第 ${i + 1} 项所属行业`}
                      value={textOf(r['industry'])}
                      maxLength={60}
                      onChange={(e) => put(i, { industry: e.target.value })}
                    />
                  </td>
                  <td>
                    <Select
                      className="wide"
                      mode="multiple"
                      aria-label={`第 ${i + 1} 项服务形式`}
                      options={options('form')}
                      value={listOf(r['form']).map(textOf)}
                      onChange={(v: string[]) => put(i, { form: v })}
                      {...wrong(i, 'form')}
                    />
                  </td>
                  <td className="mid">
                    <Checkbox
                      aria-label={`第 ${i + 1} 项拟收取运营服务费`}
                      checked={r['charged'] === true}
                      onChange={(e) => put(i, { charged: e.target.checked })}
                    />
                  </td>
                  <td>
                    <Select
                      className="wide"
                      allowClear
                      showSearch={{ optionFilterProp: 'label' }}
                      placeholder="不对应"
                      aria-label={`第 ${i + 1} 项对应的数据需求`}
                      options={demands}
                      value={textOf(r['demand']) || null}
                      onChange={(v: string | null) => put(i, { demand: v ?? undefined })}
                      {...wrong(i, 'demand')}
                    />
                  </td>
                  <td>
                    <Button
                      type="link"
                      size="small"
                      aria-label={`删除第 ${i + 1} 项`}
                      onClick={() => change(rows.filter((_, at) => at !== i) as Json)}
                    >
                      删除
                    </Button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {errors['products'] && (
        <p className="bad-text small" data-error>
          {errors['products']}
        </p>
      )}
      <div className="annex-add">
        <Button onClick={add}>{rows.length === 0 ? '添加产品或服务' : '添加一项'}</Button>
        {rows.length === 0 && <span className="muted">拟收取运营服务费的勾选“收费”。</span>}
      </div>
    </div>
  )
}
