import './form.css'
import type { FileView, Json } from '#contract'
import { useCallback, useEffect, useId, useMemo, useRef, useState } from 'react'
import { FieldRow } from './FieldRow.tsx'
import { FormShared, idAt } from './context.ts'
import type { Errors, FormSchema, Path, Value } from './schema.ts'
import { fieldsOf, isAsked, putAt } from './schema.ts'

export interface FormProps {
  readonly schema: FormSchema
  readonly value: Value
  readonly change: (value: Value) => void
  readonly errors?: Errors
  /** Counts attempts to send: with each, the first field in error comes into view. */
  readonly attempt?: number
  readonly files?: Readonly<Record<string, FileView>>
  readonly groups?: readonly string[]
  /** Draws each top-level group as a section with a heading and an anchor, for full-page forms. */
  readonly sections?: boolean
  /** Something more at the end of a top-level section. */
  readonly after?: (key: string) => React.ReactNode
}

const none: Errors = {}
const noFiles: Readonly<Record<string, FileView>> = {}
const noGroups: readonly string[] = []

/** The one renderer of forms: fields, conditions, required marks and errors all come from the schema. */
export const Form = ({
  schema,
  value,
  change,
  errors = none,
  attempt = 0,
  files = noFiles,
  groups = noGroups,
  sections = false,
  after,
}: FormProps) => {
  const id = useId()
  const [uploaded, setUploaded] = useState<Readonly<Record<string, FileView>>>({})
  const latest = useRef({ value, change })
  latest.current = { value, change }
  const set = useCallback((path: Path, next: Json | undefined) => {
    const now = putAt(latest.current.value, path, next)
    // two changes before the next paint must not lose the first
    latest.current = { ...latest.current, value: now }
    latest.current.change(now)
  }, [])
  const addFile = useCallback((file: FileView) => setUploaded((all) => ({ ...all, [file.id]: file })), [])
  const cx = useMemo(
    () => ({ id, errors, set, files: { ...files, ...uploaded }, addFile, groups }),
    [id, errors, set, files, uploaded, addFile, groups],
  )
  const root = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (attempt === 0) return
    const at = root.current?.querySelector<HTMLElement>('[data-error]')
    at?.scrollIntoView({ block: 'center' })
    at?.querySelector<HTMLElement>('input,textarea,select,button,[tabindex="0"]')?.focus({ preventScroll: true })
  }, [attempt])
  return (
    <FormShared value={cx}>
      <div ref={root} className={sections ? 'form sections' : 'form'}>
        {fieldsOf(schema).map(([key, field]) =>
          isAsked(field, value) ? (
            <FieldRow key={key} path={key} field={field} value={value[key]} section={sections} after={after?.(key)} />
          ) : null,
        )}
      </div>
    </FormShared>
  )
}

/** Where a section begins, for an index beside the form. */
export const sectionId = (key: string): string => idAt('section', [key])
