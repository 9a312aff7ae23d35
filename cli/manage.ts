/**
 * The command line: `npm run manage -- <command>`. The same flows and stores as the server, beside it or alone.
 * Exit status: 0 done, 1 failed, 2 wrong usage, 3 not found, 130 Ctrl-C (docs/guides/command-line.md).
 */
import nextEnv from '@next/env'
import { Command } from 'commander'
import { addAuditCommands } from './commands/audit'
import { addClientCommands } from './commands/client'
import { addCreateCommands } from './commands/create-user'
import { addGroupCommands } from './commands/group'
import { addKeysCommands } from './commands/keys'
import { addMigrateCommand } from './commands/migrate'
import { addPruneCommand } from './commands/prune'
import { addSessionCommands } from './commands/session'
import { addUserCommands } from './commands/user'
import { explain } from './explain'

const lastWordsMs = 2000

// .env, as the server reads it; what the shell has set goes first.
nextEnv.loadEnvConfig(process.cwd(), process.env.NODE_ENV !== 'production', { info: () => {}, error: console.error })

process.on('uncaughtException', (error) => process.exit(explain(error)))
// Whoever reads has seen enough (`… | head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : explain(error)))

const program = new Command('manage')
  .description('Accounts, groups, sessions, signing keys, clients and the audit log of this Latchkey.')
  .exitOverride()
// Commands copy these settings when they are added.
program.configureHelp({ showGlobalOptions: true }).showHelpAfterError('(add --help for what it takes)')
const user = addUserCommands(program)
addCreateCommands(program, user)
addGroupCommands(program, user)
addSessionCommands(program)
addKeysCommands(program)
addClientCommands(program)
addAuditCommands(program)
addPruneCommand(program)
addMigrateCommand(program)

process.exitCode = await program.parseAsync().then(() => 0, explain)
// A start that failed half-way may have left a connection open, which would hold the process for half a minute.
setTimeout(() => process.exit(), lastWordsMs).unref()
