/** `manage user …`, and `manage createsuperuser`, which is one of its verbs under the name people look for. */
import confirm from '@inquirer/confirm'
import type { Command } from 'commander'
import type { UserRecord } from '#lib/core/records'
import { Ending, FAILED, USAGE } from '../ending'
import { printRecord, printRows, say, type OutputOptions, type Row } from '../output'
import { readPassword } from '../password-input'
import { fieldFault, getUser, withLatchkey } from '../with-latchkey'

interface CreateOptions extends OutputOptions {
  email: string
  username: string
  noinput?: boolean
  staff?: boolean
}

export function addUserCommands(program: Command): void {
  program
    .command('createsuperuser')
    .description('make an account with every right')
    .requiredOption('--email <email>', 'its address')
    .requiredOption('--username <name>', 'its username')
    .option('--noinput', 'take the password from standard input, without a prompt')
    .option('--json', 'answer in JSON')
    .action((options: CreateOptions) => create(options, { isStaff: true, isSuperuser: true }))

  const user = program
    .command('user')
    .description('accounts: list, show, create, activate, deactivate, delete, set-password')
  user.command('list').description('all accounts, oldest first').option('--json', 'answer in JSON').action(list)
  user
    .command('show <account>')
    .description('one account, by email or username')
    .option('--json', 'answer in JSON')
    .action(show)
  user
    .command('create')
    .description('make an account')
    .requiredOption('--email <email>', 'its address')
    .requiredOption('--username <name>', 'its username')
    .option('--staff', 'it may see the admin pages')
    .option('--noinput', 'take the password from standard input, without a prompt')
    .option('--json', 'answer in JSON')
    .action((options: CreateOptions) => create(options, { isStaff: options.staff ?? false, isSuperuser: false }))
  user
    .command('activate <account>')
    .description('let it log in again')
    .action((account: string) => setActive(account, true))
  user
    .command('deactivate <account>')
    .description('end its sessions for good and let it log in no more')
    .action((account: string) => setActive(account, false))
  user
    .command('delete <account>')
    .description('remove it with its sessions; its audit rows stay')
    .option('--yes', 'do not ask')
    .action(remove)
  user
    .command('set-password <account>')
    .description('give it a new password and end its sessions')
    .option('--noinput', 'take the password from standard input, without a prompt')
    .action(setPassword)
}

async function create({ email, username, ...options }: CreateOptions, as: { isStaff: boolean; isSuperuser: boolean }) {
  const password = await readPassword(options)
  await withLatchkey(async ({ register }) => {
    const outcome = await register({ input: { email, username, password }, context: null, as })
    if (outcome.kind === 'invalid') throw fieldFault(FAILED, outcome.errors)
    if (outcome.kind === 'busy') throw new Ending(FAILED, 'The password could not be hashed just now. Try again.')
    if (options.json) printRecord(row(outcome.user), options)
    say(`Made the account ${outcome.user.email}${as.isSuperuser ? ', a superuser' : ''}.`)
  })
}

async function list(options: OutputOptions) {
  await withLatchkey(async ({ administer }) => {
    const users = await administer.listUsers()
    printRows(users.map(options.json ? row : shortRow), options, 'There is no account yet.')
  })
}

async function show(account: string, options: OutputOptions) {
  await withLatchkey(async (latchkey) => printRecord(row(await getUser(latchkey, account)), options))
}

async function setActive(account: string, active: boolean) {
  await withLatchkey(async (latchkey) => {
    const user = await getUser(latchkey, account)
    await latchkey.administer.setActive(user, active)
    say(active ? `${user.email} can log in.` : `${user.email} is logged out everywhere and cannot log in.`)
  })
}

async function remove(account: string, { yes }: { yes?: boolean }) {
  await withLatchkey(async (latchkey) => {
    const user = await getUser(latchkey, account)
    if (!yes && !process.stdin.isTTY) throw new Ending(USAGE, 'Say --yes to delete without being asked.')
    if (
      !yes &&
      !(await confirm({ message: `Delete ${user.email} for good?`, default: false }, { output: process.stderr }))
    ) {
      return say('Nothing was deleted.')
    }
    await latchkey.administer.deleteUser(user)
    say(`Deleted ${user.email}.`)
  })
}

async function setPassword(account: string, options: { noinput?: boolean }) {
  const password = await readPassword(options)
  await withLatchkey(async (latchkey) => {
    const user = await getUser(latchkey, account)
    const refusal = await latchkey.administer.setPassword(user, password)
    if (refusal) throw new Ending(FAILED, refusal)
    say(`${user.email} has a new password and is logged out everywhere.`)
  })
}

function row({ id, email, username, isActive, isStaff, isSuperuser, createdAt, lastLoginAt }: UserRecord): Row {
  const flags = { is_active: isActive, is_staff: isStaff, is_superuser: isSuperuser }
  return { id, email, username, ...flags, created_at: createdAt, last_login_at: lastLoginAt }
}

/** What fits beside each other on a terminal. */
function shortRow({ email, username, isActive, isSuperuser, lastLoginAt }: UserRecord): Row {
  return { email, username, active: isActive, superuser: isSuperuser, last_login: lastLoginAt }
}
