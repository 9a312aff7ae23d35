/** `manage prune`: forgets what is of no use any more. The server does the same every hour. */
import type { Command } from 'commander'
import { printDone, type OutputOptions } from '../output'
import { withLatchkey } from '../with-latchkey'

export function addPruneCommand(program: Command): void {
  program
    .command('prune')
    .description('forget sessions whose tokens are all dead, and counters that count nothing any more')
    .option('--json', 'answer in JSON')
    .action((options: OutputOptions) =>
      withLatchkey(async ({ prune }) => {
        const { sessions, counters, changes } = await prune()
        const sentence = `Forgot ${sessions} finished sessions, ${counters} spent counters and ${changes} old changes.`
        printDone(sentence, { sessions, counters, changes }, options)
      }),
    )
}
