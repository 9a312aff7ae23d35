/** `manage migrate`: brings the database to this version's tables. The server does the same when it starts. */
import type { Command } from 'commander'
import { say } from '../output'
import { withLatchkey } from '../with-latchkey'

export function addMigrateCommand(program: Command): void {
  program
    .command('migrate')
    .description('apply the migrations that are still to be done')
    .action(() =>
      withLatchkey(async ({ applied }) => {
        if (applied.length === 0) say('The database is up to date.')
      }),
    )
}
