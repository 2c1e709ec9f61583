import type { Json } from '#contract'
import { memo } from 'react'
import type { ReactNode } from 'react'
import { Checklist } from './Checklist.tsx'
import { Control } from './Control.tsx'
import { ListField } from './ListField.tsx'
import { idAt, useForm } from './context.ts'
import type { FieldSchema, Path } from './schema.ts'
import { fieldsOf, groupOf, isAsked, isChecklist, listOf, termOf } from './schema.ts'

/** Paths travel as dotted text so that a field whose value did not change is not drawn again. */
const parse = (path: string): Path => path.split('.').map((p) => (/^\d+$/.test(p) ? Number(p) : p))

const drawn = (path: string, field: FieldSchema, value: Json | undefined): ReactNode => (
  <FieldRow key={path} path={path} field={field} value={value} />
)

interface Props {
  readonly path: string
  readonly field: FieldSchema
  readonly value: Json | undefined
  readonly section?: boolean
  readonly after?: ReactNode
}

/** One field with its label, mark, hint and error; groups and lists draw their fields with it again. */
export const FieldRow = memo(({ path, field, value, section = false, after }: Props) => {
  const { id: form, errors, groups } = useForm()
  const at = parse(path)
  const id = idAt(form, at)
  const error = errors[path]
  const marks = (
    <>
      {field['x-required'] && (
        <span className="must" aria-hidden>
          *
        </span>
      )}
      {field['x-public'] && <span className="mark">公开</span>}
      {field['x-personal'] && <span className="mark">个人信息，不公开</span>}
    </>
  )
  const foot = (
    <>
      {field.description && (
        <p className="hint" id={`${id}-hint`}>
          {field.description}
        </p>
      )}
      {error && (
        <p className="error" role="alert" id={`${id}-error`}>
          {error}
        </p>
      )}
    </>
  )
  const flag = error ? { 'data-error': true } : {}

  if (field['x-type'] === 'group' || (section && field['x-type'] === 'list')) {
    const Heading = section ? 'h2' : 'h3'
    const inner = groupOf(value)
    return (
      <section
        className={section ? 'card group chapter' : 'group'}
        id={section ? idAt('section', at) : undefined}
        aria-labelledby={`${id}-title`}
        {...flag}
      >
        <header>
          <Heading id={`${id}-title`}>
            {termOf(field)} {section && field['x-type'] === 'list' && marks}
          </Heading>
          {field['x-basis'] && <span className="muted small">{field['x-basis']}</span>}
        </header>
        {foot}
        {field['x-type'] === 'group' ? (
          fieldsOf(field).map(([key, f]) =>
            isAsked(f, inner) ? <FieldRow key={key} path={`${path}.${key}`} field={f} value={inner[key]} /> : null,
          )
        ) : (
          <ListField id={id} path={at} field={field} value={listOf(value)} draw={drawn} />
        )}
        {after}
      </section>
    )
  }
  if (field['x-type'] === 'list')
    return (
      <div className="row list" role="group" aria-labelledby={`${id}-title`} {...flag}>
        <div className="label" id={`${id}-title`}>
          {termOf(field)}
          {marks}
        </div>
        {foot}
        {isChecklist(field) && groups.length > 0 ? (
          <Checklist path={at} field={field} value={listOf(value)} groups={groups} />
        ) : (
          <ListField id={id} path={at} field={field} value={listOf(value)} draw={drawn} />
        )}
      </div>
    )
  const several =
    field['x-type'] === 'choice' ||
    field['x-type'] === 'choices' ||
    field['x-type'] === 'files' ||
    field['x-type'] === 'file'
  return (
    <div className={`row ${field['x-type'] ?? ''}`} {...flag}>
      {field['x-type'] !== 'yes' &&
        (several ? (
          <div className="label" id={`${id}-title`}>
            {termOf(field)}
            {marks}
          </div>
        ) : (
          <label className="label" htmlFor={id}>
            {termOf(field)}
            {marks}
          </label>
        ))}
      <Control id={id} path={at} field={field} value={value} error={error} />
      {foot}
      {after}
    </div>
  )
})
