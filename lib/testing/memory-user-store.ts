/** Accounts in memory, under the promises of the UserStore port. */
import { foldEmail, foldUsername } from '#lib/core/identifiers'
import type { UserField, UserStore } from '#lib/core/ports'
import type { UserRecord } from '#lib/core/records'
import { aUser } from './builders'
import { endSessions, type MemoryRows } from './memory-rows'

export function memoryUserStore(rows: MemoryRows): UserStore {
  const { users, clock } = rows
  const find = (which: (user: UserRecord) => boolean) => structuredClone([...users.values()].find(which) ?? null)
  const byEmail = (email: string) => find((user) => foldEmail(user.email) === foldEmail(email))
  const byUsername = (name: string) => find((user) => foldUsername(user.username) === foldUsername(name))
  const holder = (name: string) =>
    find((user) => foldEmail(user.email) === name || foldUsername(user.username) === name)
  const taken = (email: string, username: string): UserField[] => [
    ...(holder(foldEmail(email)) ? ['email' as const] : []),
    ...(holder(foldUsername(username)) ? ['username' as const] : []),
  ]
  const change = (user: UserRecord | undefined, fields: Partial<UserRecord>) =>
    user ? structuredClone(Object.assign(user, fields)) : null
  const replacePassword = (user: UserRecord | undefined, passwordHash: string) => {
    if (user) endSessions(rows, 'password_changed', ({ userId }) => userId === user.id)
    return change(user, { passwordHash, epoch: (user?.epoch ?? 0) + 1 })
  }

  return {
    async create(user) {
      const fields = taken(user.email, user.username)
      if (fields.length > 0) return { kind: 'taken', fields }
      const row = aUser({ createdAt: clock.now(), ...user })
      users.set(row.id, row)
      return { kind: 'created', user: structuredClone(row) }
    },
    findById: async (id) => find((user) => user.id === id),
    findByEmail: async (email) => byEmail(email),
    findByUsername: async (name) => byUsername(name),
    findByLoginName: async (typed) => byEmail(typed) ?? byUsername(typed),
    list: async () => structuredClone([...users.values()]),
    takenFields: async (email, username) => taken(email, username),
    async rehash(id, checked, fresh) {
      const user = users.get(id)
      if (user?.passwordHash !== checked) return false
      user.passwordHash = fresh
      return true
    },
    async recordLogin(id) {
      change(users.get(id), { lastLoginAt: clock.now() })
    },
    setPassword: async (id, hash) => replacePassword(users.get(id), hash),
    async changePassword(id, checked, hash) {
      const user = users.get(id)
      return replacePassword(user?.passwordHash === checked ? user : undefined, hash)
    },
    async setActive(id, active) {
      if (!active) endSessions(rows, 'deactivated', ({ userId }) => userId === id)
      const user = users.get(id)
      return change(user, active ? { isActive: true } : { isActive: false, epoch: (user?.epoch ?? 0) + 1 })
    },
    async delete(id) {
      for (const { id: sid, userId } of rows.sessions.values()) if (userId === id) rows.sessions.delete(sid)
      return users.delete(id)
    },
  }
}
