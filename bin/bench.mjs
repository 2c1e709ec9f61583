#!/usr/bin/env node
// npm run bench -- [--quick] [names; an unknown one lists them all]
// Runs the sources as tests do; only `start` times the built program.
import { ensureBuilt, ensureInstalled, run } from './ensure.mjs'

await ensureInstalled()
await ensureBuilt()

const hooks = new URL('../bench/typescript.mjs', import.meta.url)
const preload = `data:text/javascript,${encodeURIComponent(`import { register } from 'node:module'; register('${hooks}')`)}`
const flags = ['--conditions=source', '--enable-source-maps', `--import=${preload}`]
const { code } = await run(process.execPath, [...flags, 'bench/main.ts', ...process.argv.slice(2)])
process.exitCode = code
