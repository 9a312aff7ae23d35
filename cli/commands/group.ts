/** `manage group …` and `manage user groups`: groups, what they permit, and who is in them. */
import type { Command } from 'commander'
import type { GroupRecord, ListChange } from '#lib/core/ports'
import { Ending, FAILED, fieldFault, notFound, USAGE } from '../ending'
import { printDone, printRecord, printRows, type OutputOptions, type Row } from '../output'
import { getUser, withLatchkey } from '../with-latchkey'

type ChangeOptions = OutputOptions & ListChange

export function addGroupCommands(program: Command, user: Command): void {
  const group = program.command('group').description('groups: list, create, delete, permissions')
  const add = (usage: string, does: string) => group.command(usage).description(does).option('--json', 'answer in JSON')

  add('list', 'all groups, with their members and permissions').action(list)
  add('create <group>', 'make a group').action(create)
  add('delete <group>', 'remove it; its members lose what it permits').option('--yes', 'do not ask').action(remove)
  withChange(add('permissions <group>', 'what it permits; with --add or --remove changes it'), 'codename').action(
    permissions,
  )
  const groups = user.command('groups <account>').description('its groups; with --add or --remove changes them')
  withChange(groups.option('--json', 'answer in JSON'), 'group').action(memberships)
}

/** Both may come several times. */
function withChange(command: Command, what: string): Command {
  const more = (name: string, names: string[]) => [...names, name]
  return command
    .option(`--add <${what}>`, 'add this one; may come several times', more, [])
    .option(`--remove <${what}>`, 'remove this one; may come several times', more, [])
}

async function list(options: OutputOptions) {
  await withLatchkey(async ({ administerGroups }) => {
    printRows((await administerGroups.list()).map(row), options, 'There is no group yet.')
  })
}

async function create(name: string, options: OutputOptions) {
  await withLatchkey(async ({ administerGroups }) => {
    const refusal = await administerGroups.create(name)
    if (refusal) throw fieldFault({ name: [refusal] })
    printDone(`Made the group ${name}.`, row({ name, members: 0, permissions: [] }), options)
  })
}

async function remove(name: string, { yes, ...options }: OutputOptions & { yes?: boolean }) {
  if (!yes && !process.stdin.isTTY) throw new Ending(USAGE, 'Say --yes to delete without being asked.')
  await withLatchkey(async ({ administerGroups }) => {
    const group = await administerGroups.find(name)
    if (!group) throw noGroup(name)
    if (!yes && !(await isSure(group))) throw new Ending(FAILED, 'Nothing was deleted.')
    if (!(await administerGroups.delete(name))) throw noGroup(name)
    printDone(`Deleted the group ${name}.`, row(group), options)
  })
}

async function permissions(name: string, { add, remove: taken, ...options }: ChangeOptions) {
  refuseBoth({ add, remove: taken })
  await withLatchkey(async ({ administerGroups }) => {
    if (add.length + taken.length > 0) {
      const changed = await administerGroups.changePermissions(name, { add, remove: taken })
      if (changed === null) throw noGroup(name)
      if (typeof changed === 'string') throw fieldFault({ permission: [changed] })
    }
    const group = await administerGroups.find(name)
    if (!group) throw noGroup(name)
    printRecord(row(group), options)
  })
}

async function memberships(account: string, { add, remove: taken, ...options }: ChangeOptions) {
  refuseBoth({ add, remove: taken })
  await withLatchkey(async (latchkey) => {
    const user = await getUser(latchkey, account)
    const { administerGroups } = latchkey
    if (add.length + taken.length > 0) {
      const changed = await administerGroups.changeMemberships(user, { add, remove: taken })
      if (changed === null) throw notFound(`There is no account with the email or username ${account}.`)
      if ('missing' in changed) throw noGroup(changed.missing.join(', '))
    }
    const { groups, permissions } = await administerGroups.grantsOf(user)
    const { email, username, isSuperuser } = user
    printRecord({ email, username, is_superuser: isSuperuser, groups, permissions }, options)
  })
}

function refuseBoth({ add, remove: taken }: ListChange) {
  const both = add.find((name) => taken.includes(name))
  if (both !== undefined) throw new Ending(USAGE, `${both} cannot be added and removed at once.`)
}

async function isSure({ name, members }: GroupRecord): Promise<boolean> {
  const { default: confirm } = await import('@inquirer/confirm')
  const message = `Delete the group ${name}, which has ${members} member${members === 1 ? '' : 's'}?`
  return confirm({ message, default: false }, { output: process.stderr })
}

const noGroup = (name: string) => notFound(`There is no group ${name}.`)

function row({ name, members, permissions }: GroupRecord): Row {
  return { name, members, permissions }
}
