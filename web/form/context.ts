import type { FileView } from '#contract'
import { createContext, useContext } from 'react'
import type { Errors, Path } from './schema.ts'
import type { Json } from '#contract'

/** What every field of one form shares. */
export interface FormContext {
  /** Unique on the page; ids of inputs begin with it. */
  readonly id: string
  readonly errors: Errors
  readonly set: (path: Path, value: Json | undefined) => void
  readonly files: Readonly<Record<string, FileView>>
  readonly addFile: (file: FileView) => void
  /** Materials of the case this form speaks about, offered where a field asks for one. */
  readonly groups: readonly string[]
}
export const FormShared = createContext<FormContext | undefined>(undefined)
export const useForm = (): FormContext => {
  const cx = useContext(FormShared)
  if (!cx) throw new Error('a field outside a form')
  return cx
}
export const idAt = (form: string, path: Path): string => `${form}-${path.join('-')}`
