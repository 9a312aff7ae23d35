/** `manage createsuperuser` and `manage user create`: the same flow as the form's, with the password from a prompt or standard input. */
import type { Command } from 'commander'
import { Ending, FAILED, fieldFault } from '../ending'
import { printDone, type OutputOptions } from '../output'
import { readPassword } from '../password-input'
import { userRow } from '../user-row'
import { withLatchkey } from '../with-latchkey'

interface CreateOptions extends OutputOptions {
  email: string
  username: string
  noinput?: boolean
  staff?: boolean
}

export function addCreateCommands(program: Command, user: Command): void {
  withFields(program.command('createsuperuser').description('make an account with every right')).action(
    (options: CreateOptions) => create(options, { isStaff: true, isSuperuser: true }),
  )
  withFields(user.command('create').description('make an account'))
    .option('--staff', 'it may see the admin pages')
    .action((options: CreateOptions) => create(options, { isStaff: options.staff ?? false, isSuperuser: false }))
}

function withFields(command: Command): Command {
  return command
    .requiredOption('--email <email>', 'its address')
    .requiredOption('--username <name>', 'its username')
    .option('--noinput', 'take the password from standard input, without a prompt')
    .option('--json', 'answer in JSON')
}

async function create({ email, username, ...options }: CreateOptions, as: { isStaff: boolean; isSuperuser: boolean }) {
  const password = await readPassword(options)
  await withLatchkey(async ({ register }) => {
    const outcome = await register({ input: { email, username, password }, context: null, as })
    if (outcome.kind === 'invalid') throw fieldFault(outcome.errors)
    if (outcome.kind !== 'registered') throw new Ending(FAILED, 'The password could not be hashed just now. Try again.')
    const { user } = outcome
    printDone(`Made the account ${user.email}${as.isSuperuser ? ', a superuser' : ''}.`, userRow(user), options)
  })
}
