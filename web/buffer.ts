import { Buffer } from 'buffer/index.js'

// Node's Buffer for the code that browsers and server share. The package does not know base64url, which keys are written in, and reads
// broken UTF-8 otherwise than Node.

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
const from = Buffer.from.bind(Buffer) as (...a: unknown[]) => Buffer
const text = Buffer.prototype.toString as (this: Buffer, ...a: unknown[]) => string

Object.assign(Buffer, {
  from: (data: unknown, how?: unknown, ...rest: unknown[]) =>
    typeof data === 'string' && how === 'base64url'
      ? from(data.replaceAll('-', '+').replaceAll('_', '/'), 'base64')
      : from(data, how, ...rest),
})
Buffer.prototype.toString = function (this: Buffer, how?: string, ...rest: unknown[]): string {
  if (how === 'base64url') return text.call(this, 'base64').replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
  if ((how === undefined || how === 'utf8') && rest.length === 0) return utf8.decode(this)
  return text.call(this, how, ...rest)
}

export { Buffer }
