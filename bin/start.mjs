#!/usr/bin/env node
import { gongshu } from './ensure.mjs'

await gongshu('start', ...process.argv.slice(2))
