declare module 'autocannon' {
  import type { EventEmitter } from 'node:events'

  interface Request {
    readonly method: string
    readonly path: string
    readonly headers: Readonly<Record<string, string>>
    readonly body?: string
  }
  const autocannon: (
    options: {
      readonly url: string
      readonly connections: number
      readonly amount: number
      readonly sampleInt: number
      readonly requests: readonly { readonly setupRequest: (r: Request) => Request }[]
    },
    done: (error: Error | null) => void,
  ) => EventEmitter
  export default autocannon
}
