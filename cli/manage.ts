/**
 * The command line: `npm run manage -- <command>`. The same flows and stores as the server, beside it or alone.
 * Exit status: 0 done, 1 failed, 2 wrong usage, 3 not found (docs/guides/command-line.md).
 */
import nextEnv from '@next/env'
import { Command, CommanderError } from 'commander'
import { StartError } from '#lib/core/start-error'
import { addAuditCommands } from './commands/audit'
import { addMigrateCommand } from './commands/migrate'
import { addSessionCommands } from './commands/session'
import { addUserCommands } from './commands/user'
import { Ending, FAILED, USAGE } from './ending'
import { say } from './output'

const INTERRUPTED = 130

// .env, as the server reads it; what the shell has set goes first.
nextEnv.loadEnvConfig(process.cwd(), process.env.NODE_ENV !== 'production', { info: () => {}, error: console.error })

const program = new Command('manage')
  .description('Accounts, sessions and the audit log of this Latchkey.')
  .exitOverride()
// Commands copy these settings when they are added.
program.configureHelp({ showGlobalOptions: true }).showHelpAfterError('(add --help for what it takes)')
addUserCommands(program)
addSessionCommands(program)
addAuditCommands(program)
addMigrateCommand(program)

process.exitCode = await program.parseAsync().then(() => 0, explain)

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE
  if (error instanceof Error && error.name === 'ExitPromptError') return INTERRUPTED
  if (error instanceof Ending) {
    say(error.message)
    return error.status
  }
  if (error instanceof StartError) {
    say(`${error.problem}\n${error.remedy}`)
    return FAILED
  }
  say(`That failed: ${error instanceof Error ? error.message : String(error)}`)
  say('Is the database up? npm run manage -- migrate says more.')
  return FAILED
}
