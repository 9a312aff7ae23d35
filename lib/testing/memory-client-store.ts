/** Clients in memory, under the promises of the ClientStore port. */
import { randomUUID } from 'node:crypto'
import { foldClientName } from '#lib/core/client-name'
import { hours } from '#lib/core/duration'
import type { ClientStore } from '#lib/core/ports'
import type { ClientRecord } from '#lib/core/records'
import type { MemoryRows } from './memory-rows'

type Row = ClientRecord & { secretHash: string }

export function memoryClientStore({ clients, clock }: MemoryRows): ClientStore {
  const now = () => clock.now().getTime()
  const byName = (name: string) =>
    [...clients.values()].find((row) => foldClientName(row.name) === foldClientName(name))
  const record = ({ id, name, createdAt, lastUsedAt }: Row): ClientRecord => ({ id, name, createdAt, lastUsedAt })
  return {
    async create({ name, secretHash }) {
      if (byName(name)) return { kind: 'taken' }
      const row = { id: randomUUID(), name, secretHash, createdAt: clock.now(), lastUsedAt: null }
      clients.set(row.id, row)
      return { kind: 'created', client: record(row) }
    },
    async findById(id) {
      const row = clients.get(id.toLowerCase())
      if (!row) return null
      const usedLately = row.lastUsedAt !== null && row.lastUsedAt.getTime() > now() - hours(1)
      return { client: record(row), secretHash: row.secretHash, usedLately }
    },
    async findByName(name) {
      const row = byName(name)
      return row ? record(row) : null
    },
    list: async () => [...clients.values()].map(record),
    async recordUse(id) {
      const row = clients.get(id)
      if (row) row.lastUsedAt = new Date(now() - (now() % hours(1)))
    },
    delete: async (id) => clients.delete(id),
  }
}
