/** The clients of introspection and revocation, made and removed from the command line. Every act leaves an audit row without an actor. */
import { z } from 'zod'
import type { AuditEvent } from '#lib/core/audit'
import { clientNameField, isClientId } from '#lib/core/client-name'
import { parseFields, type FieldErrors } from '#lib/core/fields'
import type { AuditLog, ClientSecrets, ClientStore } from '#lib/core/ports'
import type { ClientRecord } from '#lib/core/records'

interface ManageClientsDeps {
  clients: ClientStore
  secrets: ClientSecrets
  audit: AuditLog
}

export interface ManageClients {
  /** The secret is told here and never again. */
  create(
    name: unknown,
  ): Promise<{ kind: 'created'; client: ClientRecord; secret: string } | { kind: 'invalid'; errors: FieldErrors }>
  list(): Promise<ClientRecord[]>
  /** By id, else by name. */
  find(idOrName: string): Promise<ClientRecord | null>
  /** From here on its secret proves nothing. False: somebody else was first. */
  delete(client: ClientRecord): Promise<boolean>
}

const fields = z.object({ name: clientNameField })

export function createManageClients({ clients, secrets, audit }: ManageClientsDeps): ManageClients {
  const note = (event: AuditEvent, { id, name }: ClientRecord) => {
    const detail = { client: id, client_name: name }
    return audit.append({ event, outcome: 'success', reason: 'command_line', actorId: null, context: null, detail })
  }
  const refuse = async (reason: string, errors: FieldErrors) => {
    await audit.append({ event: 'client.create', outcome: 'failure', reason, actorId: null, context: null })
    return { kind: 'invalid' as const, errors }
  }

  return {
    list: () => clients.list(),
    find: async (idOrName) =>
      isClientId(idOrName) ? ((await clients.findById(idOrName))?.client ?? null) : clients.findByName(idOrName),

    async create(name) {
      const parsed = parseFields(fields, { name })
      if (parsed.kind === 'invalid') return refuse('invalid', parsed.errors)
      const { secret, hash } = secrets.make()
      const outcome = await clients.create({ name: parsed.data.name, secretHash: hash })
      if (outcome.kind === 'taken') return refuse('taken', { name: ['A client with that name already exists.'] })
      await note('client.create', outcome.client)
      return { kind: 'created', client: outcome.client, secret }
    },

    async delete(client) {
      const deleted = await clients.delete(client.id)
      if (deleted) await note('client.delete', client)
      return deleted
    },
  }
}
