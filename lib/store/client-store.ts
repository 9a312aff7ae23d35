/** Clients in the database. Uniqueness of the folded name is the database's to hold. */
import { randomUUID } from 'node:crypto'
import { foldClientName } from '#lib/core/client-name'
import type { ClientStore } from '#lib/core/ports'
import type { ClientRecord } from '#lib/core/records'
import { Prisma, type Client, type PrismaClient } from './generated/client'

type FoundRow = Omit<Client, 'nameFolded'> & { usedLately: boolean }

export function createClientStore(db: PrismaClient): ClientStore {
  return {
    async create({ name, secretHash }) {
      const data = { id: randomUUID(), name, nameFolded: foldClientName(name), secretHash }
      try {
        return { kind: 'created', client: clientRecord(await db.client.create({ data })) }
      } catch (error) {
        if (!(error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002')) throw error
        return { kind: 'taken' }
      }
    },

    async findById(id) {
      const [row] = await db.$queryRaw<FoundRow[]>`
        SELECT id, name, secret_hash AS "secretHash", created_at AS "createdAt", last_used_at AS "lastUsedAt",
          coalesce(last_used_at > now() - interval '1 hour', false) AS "usedLately"
        FROM clients WHERE id = ${id}::uuid`
      return row ? { client: clientRecord(row), secretHash: row.secretHash, usedLately: row.usedLately } : null
    },

    async findByName(name) {
      const row = await db.client.findUnique({ where: { nameFolded: foldClientName(name) } })
      return row && clientRecord(row)
    },

    async list() {
      return (await db.client.findMany({ orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] })).map(clientRecord)
    },

    async recordUse(id) {
      await db.$executeRaw`UPDATE clients SET last_used_at = date_trunc('hour', now()) WHERE id = ${id}::uuid`
    },

    async delete(id) {
      return (await db.client.deleteMany({ where: { id } })).count > 0
    },
  }
}

function clientRecord({ id, name, createdAt, lastUsedAt }: Omit<Client, 'nameFolded'>): ClientRecord {
  return { id, name, createdAt, lastUsedAt }
}
