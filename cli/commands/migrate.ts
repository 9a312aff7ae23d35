/** `manage migrate`: brings the database to this version's tables. The server does the same when it starts. */
import type { Command } from 'commander'
import { printDone, type OutputOptions } from '../output'
import { withLatchkey } from '../with-latchkey'

export function addMigrateCommand(program: Command): void {
  program
    .command('migrate')
    .description('apply the migrations that are still to be done')
    .option('--json', 'answer in JSON')
    // Opening has applied them, and has named them on standard error.
    .action((options: OutputOptions) =>
      withLatchkey(async ({ applied }) => printDone('The database is up to date.', { applied }, options)),
    )
}
