import { backupCommands } from './backup.ts'
import { clockCommands } from './clock.ts'
import { dataCommands } from './data.ts'
import { docsCommands } from './docs.ts'
import { evidenceCommands } from './evidence.ts'
import { ledgerCommands } from './ledger.ts'
import { policyCommands } from './policy.ts'
import { serverCommands } from './server.ts'

/** Every command that works on an installation. */
export const allCommands = [
  serverCommands,
  dataCommands,
  policyCommands,
  clockCommands,
  ledgerCommands,
  evidenceCommands,
  backupCommands,
  docsCommands,
]
