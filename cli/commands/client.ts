/** `manage client …`: the programs that may ask about tokens and revoke them (docs/guides/introspection.md). */
import type { Command } from 'commander'
import type { ClientRecord } from '#lib/core/records'
import { fieldFault, notFound } from '../ending'
import { printDone, printRecord, printRows, say, type OutputOptions, type Row } from '../output'
import { withLatchkey } from '../with-latchkey'

export function addClientCommands(program: Command): void {
  const client = program.command('client').description('programs that may ask about tokens: list, create, delete')
  const add = (usage: string, does: string) =>
    client.command(usage).description(does).option('--json', 'answer in JSON')

  add('list', 'all clients, oldest first').action(list)
  add('create <name>', 'make one, and print its secret, this once').action(create)
  add('delete <client>', 'by its id or its name; from then on its secret proves nothing').action(remove)
}

async function list(options: OutputOptions) {
  await withLatchkey(async ({ manageClients }) => {
    const clients = await manageClients.list()
    printRows(clients.map(options.json ? row : shortRow), options, 'There is no client yet.')
  })
}

async function create(name: string, options: OutputOptions) {
  await withLatchkey(async ({ manageClients }) => {
    const outcome = await manageClients.create(name)
    if (outcome.kind === 'invalid') throw fieldFault(outcome.errors)
    const { client, secret } = outcome
    // The only place where the secret is ever written.
    printRecord({ id: client.id, name: client.name, secret, created_at: client.createdAt }, options)
    say(`Made the client ${client.name}. Its secret is not kept and cannot be shown again.`)
  })
}

async function remove(idOrName: string, options: OutputOptions) {
  await withLatchkey(async ({ manageClients }) => {
    const client = await manageClients.find(idOrName)
    if (!client || !(await manageClients.delete(client)))
      throw notFound(`There is no client with the id or name ${idOrName}.`)
    printDone(`Deleted the client ${client.name}.`, row(client), options)
  })
}

function row({ id, name, createdAt, lastUsedAt }: ClientRecord): Row {
  return { id, name, created_at: createdAt, last_used_at: lastUsedAt }
}

function shortRow({ id, name, lastUsedAt }: ClientRecord): Row {
  return { id, name, last_used: lastUsedAt }
}
