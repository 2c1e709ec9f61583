#!/usr/bin/env node
// node bin/build.mjs [--clean]
import { ensureBuilt, ensureInstalled } from './ensure.mjs'

await ensureInstalled()
await ensureBuilt({ clean: process.argv.includes('--clean') })
