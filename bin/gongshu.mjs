#!/usr/bin/env node
import { gongshu } from './ensure.mjs'

await gongshu(...process.argv.slice(2))
