import type { Json } from '#contract'
import { Input } from 'antd'
import { idAt, useForm } from './context.ts'
import type { FieldSchema, Path } from './schema.ts'
import { groupOf, listOf, textOf } from './schema.ts'

/** The finding about one material. */
export const findingOf = (
  value: readonly Json[],
  group: string,
): { readonly result: string; readonly remark: string } => {
  const row = value.map(groupOf).find((r) => r['group'] === group)
  return { result: textOf(row?.['result']), remark: textOf(row?.['remark']) }
}

/** `value` with the finding about `group` replaced; an empty result takes it out. */
export const withFinding = (
  value: readonly Json[],
  group: string,
  more: { result?: string; remark?: string },
): readonly Json[] => {
  const { result, remark } = { ...findingOf(value, group), ...more }
  const row = { group, ...(result ? { result } : {}), ...(remark ? { remark } : {}) }
  const at = value.findIndex((r) => groupOf(r)['group'] === group)
  return at < 0 ? [...value, row] : value.map((r, i) => (i === at ? row : r))
}

export const resultOptions = (field: FieldSchema): readonly { readonly value: string; readonly term: string }[] =>
  field.items?.properties?.['result']?.['x-options'] ?? []

/** Three buttons that read as one choice: 符合, 有意见, 不适用. */
export const FindingButtons = ({
  name,
  label,
  field,
  result,
  choose,
}: {
  name: string
  label: string
  field: FieldSchema
  result: string
  choose: (result: string) => void
}) => (
  <div className="finding" role="radiogroup" aria-label={`${label} 核查结果`}>
    {resultOptions(field).map((o) => (
      <label key={o.value} className={`${o.value}${result === o.value ? ' on' : ''}`}>
        <input type="radio" name={name} checked={result === o.value} onChange={() => choose(o.value)} />
        {o.term}
      </label>
    ))}
  </div>
)

/** A checklist inside a form: one row per material. */
export const Checklist = ({
  path,
  field,
  value,
  groups,
}: {
  path: Path
  field: FieldSchema
  value: readonly Json[]
  groups: readonly string[]
}) => {
  const { id, set, errors } = useForm()
  const all = [...new Set([...groups, ...listOf(value as Json).map((r) => textOf(groupOf(r)['group']))])].filter(
    (g) => g !== '',
  )
  return (
    <ul className="findings">
      {all.map((group, i) => {
        const { result, remark } = findingOf(value, group)
        const at = value.findIndex((r) => groupOf(r)['group'] === group)
        const error =
          at < 0 ? undefined : (errors[[...path, at, 'remark'].join('.')] ?? errors[[...path, at, 'result'].join('.')])
        return (
          <li key={group} {...(error ? { 'data-error': true } : {})}>
            <div className="line">
              <span className="grow">{group}</span>
              <FindingButtons
                name={idAt(id, [...path, i])}
                label={group}
                field={field}
                result={result}
                choose={(r) => set(path, withFinding(value, group, { result: r }))}
              />
            </div>
            {result === 'remark' && (
              <Input.TextArea
                aria-label={`${group} 的意见`}
                autoSize={{ minRows: 1, maxRows: 8 }}
                maxLength={1000}
                value={remark}
                onChange={(e) => set(path, withFinding(value, group, { remark: e.target.value }))}
              />
            )}
            {error && (
              <p className="error" role="alert">
                {error}
              </p>
            )}
          </li>
        )
      })}
    </ul>
  )
}
