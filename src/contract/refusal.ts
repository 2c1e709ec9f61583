/** Why a request was turned down: a value, never an exception. `code` is for programs, `says` for the person at the desk. */
export interface Refusal {
  readonly refused: true
  /** Stable machine-readable reason, e.g. `not_now`, `late`, `duplicate`. */
  readonly code: string
  /** One Chinese sentence that says what is wrong and what to do. */
  readonly says: string
  /** Fields concerned, by path, with a sentence each. */
  readonly fields?: Readonly<Record<string, string>>
  /** Article the refusal rests on, as shown to the user. */
  readonly basis?: string
}

export const refuse = (code: string, says: string, more: Omit<Refusal, 'refused' | 'code' | 'says'> = {}): Refusal => ({
  refused: true,
  code,
  says,
  ...more,
})

export const isRefusal = (value: unknown): value is Refusal =>
  typeof value === 'object' && value !== null && (value as { refused?: unknown }).refused === true
