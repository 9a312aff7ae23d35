/** `manage user …`: what is done to accounts that exist. Making one is create-user.ts. */
import type { Command } from 'commander'
import { Ending, FAILED, fieldFault, USAGE } from '../ending'
import { printDone, printRecord, printRows, type OutputOptions } from '../output'
import { readPassword } from '../password-input'
import { userLine, userRow } from '../user-row'
import { getUser, withLatchkey } from '../with-latchkey'

export function addUserCommands(program: Command): Command {
  const user = program
    .command('user')
    .description('accounts: list, show, create, activate, deactivate, delete, set-password, groups')
  const add = (usage: string, does: string) => user.command(usage).description(does).option('--json', 'answer in JSON')

  add('list', 'all accounts, oldest first').action(list)
  add('show <account>', 'one account, by email or username').action(show)
  add('activate <account>', 'let it log in again').action((account: string, options: OutputOptions) =>
    setActive(account, true, options),
  )
  add('deactivate <account>', 'end its sessions for good and let it log in no more').action(
    (account: string, options: OutputOptions) => setActive(account, false, options),
  )
  add('delete <account>', 'remove it with its sessions; its audit rows stay')
    .option('--yes', 'do not ask')
    .action(remove)
  add('set-password <account>', 'give it a new password and end its sessions')
    .option('--noinput', 'take the password from standard input, without a prompt')
    .action(setPassword)
  return user
}

async function list(options: OutputOptions) {
  await withLatchkey(async ({ administer }) => {
    const users = await administer.listUsers()
    printRows(users.map(options.json ? userRow : userLine), options, 'There is no account yet.')
  })
}

async function show(account: string, options: OutputOptions) {
  await withLatchkey(async (latchkey) => printRecord(userRow(await getUser(latchkey, account)), options))
}

async function setActive(account: string, active: boolean, options: OutputOptions) {
  await withLatchkey(async (latchkey) => {
    await latchkey.administer.setActive(await getUser(latchkey, account), active)
    const user = await getUser(latchkey, account)
    const sentence = active ? 'can log in.' : 'is logged out everywhere and cannot log in.'
    printDone(`${user.email} ${sentence}`, userRow(user), options)
  })
}

async function remove(account: string, { yes, ...options }: OutputOptions & { yes?: boolean }) {
  if (!yes && !process.stdin.isTTY) throw new Ending(USAGE, 'Say --yes to delete without being asked.')
  await withLatchkey(async (latchkey) => {
    const user = await getUser(latchkey, account)
    if (!yes && !(await isSure(user.email))) throw new Ending(FAILED, 'Nothing was deleted.')
    await latchkey.administer.deleteUser(user)
    printDone(`Deleted ${user.email}.`, userRow(user), options)
  })
}

async function isSure(email: string): Promise<boolean> {
  const { default: confirm } = await import('@inquirer/confirm')
  return confirm({ message: `Delete ${email} for good?`, default: false }, { output: process.stderr })
}

async function setPassword(account: string, options: OutputOptions & { noinput?: boolean }) {
  await withLatchkey(async (latchkey) => {
    const user = await getUser(latchkey, account)
    const refusal = await latchkey.administer.setPassword(user, await readPassword(options))
    if (refusal) throw fieldFault({ password: [refusal] })
    printDone(`${user.email} has a new password and is logged out everywhere.`, userRow(user), options)
  })
}
