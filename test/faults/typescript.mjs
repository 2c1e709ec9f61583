// Lets a child process run the sources as they are, so that what is killed is what is being worked on and not an older build:
// node --conditions=source --import ./test/faults/typescript.mjs file.ts
// SOURCES names a JSON file {url: JavaScript} made by the parent, for starting must be quick where it happens often.
import { readFileSync } from 'node:fs'
import { register } from 'node:module'
import { isMainThread } from 'node:worker_threads'

if (isMainThread) register(import.meta.url)

const sources = isMainThread ? {} : JSON.parse(readFileSync(process.env.SOURCES, 'utf8'))

export const load = async (url, context, next) =>
  url in sources ? { format: 'module', shortCircuit: true, source: sources[url] } : next(url, context)
