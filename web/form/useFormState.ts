import type { Json } from '#contract'
import { useState } from 'react'
import { problemOf } from '../api.ts'
import type { Errors, FormSchema, Value } from './schema.ts'
import { missing, prune } from './schema.ts'

const at = (value: Json | undefined, path: string): Json | undefined =>
  path
    .split('.')
    .reduce<Json | undefined>(
      (v, key) => (typeof v === 'object' && v !== null ? (v as { readonly [key: string]: Json })[key] : undefined),
      value,
    )

export interface FormState {
  readonly value: Value
  readonly errors: Errors
  readonly attempt: number
  readonly touched: boolean
  readonly change: (value: Value) => void
  /** Starts again from another value, such as a stored draft. */
  readonly reset: (value: Value) => void
  /** What may be sent, or undefined after marking every field that is missing. */
  readonly check: () => Value | undefined
  /** Puts the server's refusal at its fields. */
  readonly refused: (error: unknown) => void
}

/** The state of one form between the person and the server. An error disappears as soon as its field is changed. */
export const useFormState = (schema: FormSchema, initial: Value): FormState => {
  const [value, setValue] = useState(initial)
  const [errors, setErrors] = useState<Errors>({})
  const [attempt, setAttempt] = useState(0)
  const [touched, setTouched] = useState(false)
  return {
    value,
    errors,
    attempt,
    touched,
    change: (next) => {
      setTouched(true)
      setErrors((all) => {
        const left = Object.entries(all).filter(([path]) => at(value as Json, path) === at(next as Json, path))
        return left.length === Object.keys(all).length ? all : Object.fromEntries(left)
      })
      setValue(next)
    },
    reset: (next) => {
      setValue(next)
      setErrors({})
      setTouched(false)
    },
    check: () => {
      const sent = prune(schema, value)
      const lacking = missing(schema, sent)
      setValue(sent)
      setErrors(lacking)
      setAttempt((n) => n + 1)
      return Object.keys(lacking).length === 0 ? sent : undefined
    },
    refused: (error) => {
      setErrors(problemOf(error).fields ?? {})
      setAttempt((n) => n + 1)
    },
  }
}
