import type { Json } from '#contract'
import { AutoComplete, Checkbox, Input, InputNumber, Radio, Select } from 'antd'
import { FileField } from './FileField.tsx'
import { ItemField } from './ItemField.tsx'
import { PartyField } from './PartyField.tsx'
import { useForm } from './context.ts'
import type { FieldSchema, Path } from './schema.ts'
import { listOf, termOf, textOf } from './schema.ts'

interface Props {
  readonly id: string
  readonly path: Path
  readonly field: FieldSchema
  readonly value: Json | undefined
  readonly error?: string | undefined
  /** In the cell of a table: no room for radio rows, and the column heading is the label. */
  readonly cell?: boolean
}

/** The input of one field, by its type. */
export const Control = ({ id, path, field, value, error, cell = false }: Props) => {
  const { set, groups } = useForm()
  const describedBy = [field.description && !cell ? `${id}-hint` : '', error ? `${id}-error` : '']
    .filter(Boolean)
    .join(' ')
  const aria = {
    ...(describedBy ? { 'aria-describedby': describedBy } : {}),
    ...(error ? { 'aria-invalid': true } : {}),
    ...(field['x-required'] ? { 'aria-required': true } : {}),
    ...(cell ? { 'aria-label': termOf(field) } : {}),
  }
  const bad = error ? ({ status: 'error' } as const) : {}
  const options = (field['x-options'] ?? []).map((o) => ({ value: o.value, label: o.term }))
  switch (field['x-type']) {
    case 'paragraph':
      return (
        <Input.TextArea
          id={id}
          {...aria}
          {...bad}
          autoSize={{ minRows: cell ? 1 : 3, maxRows: 16 }}
          maxLength={field.maxLength ?? 4000}
          showCount={!cell && textOf(value).length > (field.maxLength ?? 4000) * 0.8}
          value={textOf(value)}
          onChange={(e) => set(path, e.target.value)}
        />
      )
    case 'choice':
      return cell || options.length > 5 ? (
        <Select
          id={id}
          {...aria}
          {...bad}
          {...(cell ? {} : { 'aria-labelledby': `${id}-title` })}
          className="wide"
          options={options}
          allowClear={!field['x-required']}
          showSearch={options.length > 8 ? { optionFilterProp: 'label' } : false}
          placeholder="请选择"
          value={textOf(value) || null}
          onChange={(v: string | null) => set(path, v ?? undefined)}
        />
      ) : (
        <Radio.Group
          {...aria}
          aria-labelledby={`${id}-title`}
          name={id}
          options={options}
          value={textOf(value)}
          onChange={(e) => set(path, e.target.value as string)}
        />
      )
    case 'choices':
      return options.length > 12 ? (
        <Select
          id={id}
          {...aria}
          {...bad}
          aria-labelledby={`${id}-title`}
          className="wide"
          mode="multiple"
          options={options}
          placeholder="可选多项"
          value={listOf(value).map(textOf)}
          onChange={(v: string[]) => set(path, v)}
        />
      ) : (
        <Checkbox.Group
          aria-labelledby={`${id}-title`}
          options={options}
          value={listOf(value).map(textOf)}
          onChange={(v) => set(path, v)}
        />
      )
    case 'number':
      return (
        <InputNumber
          id={id}
          {...aria}
          {...bad}
          className="number"
          controls={false}
          min={0}
          precision={0}
          {...(field.maximum === undefined ? {} : { max: field.maximum })}
          value={typeof value === 'number' ? value : null}
          onChange={(v) => set(path, v ?? undefined)}
        />
      )
    case 'day':
      return (
        <Input
          id={id}
          {...aria}
          {...bad}
          type="date"
          className="day"
          max="9999-12-31"
          value={textOf(value)}
          onChange={(e) => set(path, e.target.value)}
        />
      )
    case 'yes':
      return (
        <Checkbox id={id} {...aria} checked={value === true} onChange={(e) => set(path, e.target.checked)}>
          {!cell && (
            <>
              {termOf(field)}
              {field['x-required'] && <span className="must">*</span>}
            </>
          )}
        </Checkbox>
      )
    case 'file':
    case 'files':
      return <FileField id={id} path={path} field={field} value={value} />
    case 'party':
      return <PartyField id={id} path={path} value={textOf(value)} aria={{ ...aria, ...bad }} />
    case 'item':
    case 'items': {
      const many = field['x-type'] === 'items'
      return (
        <ItemField
          id={id}
          path={path}
          many={many}
          value={many ? listOf(value).map(textOf) : [textOf(value)].filter(Boolean)}
          aria={{ ...aria, ...bad }}
        />
      )
    }
    case 'uscc':
      return (
        <Input
          id={id}
          {...aria}
          {...bad}
          className="code"
          maxLength={18}
          spellCheck={false}
          autoComplete="off"
          value={textOf(value)}
          onChange={(e) => set(path, e.target.value.toUpperCase().trim())}
          suffix={<span className="muted small">{textOf(value).length}/18</span>}
        />
      )
    case 'code':
      return (
        <Input
          id={id}
          {...aria}
          {...bad}
          className="code"
          maxLength={field.maxLength ?? 200}
          spellCheck={false}
          autoComplete="off"
          value={textOf(value)}
          onChange={(e) => set(path, e.target.value)}
        />
      )
    default:
      // a text that names a material of the case: offer the materials
      return path.at(-1) === 'group' && groups.length > 0 ? (
        <AutoComplete
          id={id}
          className="wide"
          {...bad}
          options={groups.map((g) => ({ value: g }))}
          value={textOf(value)}
          onChange={(v: string) => set(path, v)}
          placeholder="选择或填写"
        />
      ) : (
        <Input
          id={id}
          {...aria}
          {...bad}
          maxLength={field.maxLength ?? 200}
          {...(field['x-personal'] ? { autoComplete: 'off' } : {})}
          value={textOf(value)}
          onChange={(e) => set(path, e.target.value)}
        />
      )
  }
}
