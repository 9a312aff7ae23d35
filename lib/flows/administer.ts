/** What an operator does to accounts and sessions from the command line. Every act leaves an audit row without an actor. */
import type { AuditEvent } from '#lib/core/audit'
import { accountWords, checkPassword, passwordSentence } from '#lib/core/password-policy'
import type { AuditLog, PasswordHasher, SessionStore, UserStore } from '#lib/core/ports'
import type { SessionRecord, UserRecord } from '#lib/core/records'

interface AdministerDeps {
  users: UserStore
  sessions: SessionStore
  hasher: PasswordHasher
  audit: AuditLog
  policy: { minLength: number; siteWords: string[] }
}

export interface Administer {
  /** By email, else by username. */
  findUser(identifier: string): Promise<UserRecord | null>
  listUsers(): Promise<UserRecord[]>
  setActive(user: UserRecord, active: boolean): Promise<void>
  deleteUser(user: UserRecord): Promise<void>
  /** Ends every session of the user. Returns the sentence that refuses the password, or null. */
  setPassword(user: UserRecord, password: string): Promise<string | null>
  listSessions(user: UserRecord): Promise<SessionRecord[]>
  /** False when there is no such session or it is over already. */
  revokeSession(sid: string): Promise<boolean>
  revokeAllSessions(user: UserRecord): Promise<number>
}

export function createAdminister({ users, sessions, hasher, audit, policy }: AdministerDeps): Administer {
  const note = (event: AuditEvent, subjectId: string | null, sessionId: string | null = null) =>
    audit.append({
      event,
      outcome: 'success',
      reason: 'command_line',
      actorId: null,
      subjectId,
      sessionId,
      context: null,
    })

  return {
    findUser: async (identifier) => (await users.findByEmail(identifier)) ?? (await users.findByUsername(identifier)),
    listUsers: () => users.list(),
    listSessions: (user) => sessions.listLive(user.id),

    async setActive(user, active) {
      if (!(await users.setActive(user.id, active))) return
      await note(active ? 'user.activate' : 'user.deactivate', user.id)
    },

    async deleteUser(user) {
      if (!(await users.delete(user.id))) return
      await note('user.delete', user.id)
    },

    async setPassword(user, password) {
      const words = [...policy.siteWords, ...accountWords(user)]
      const fault = checkPassword(password, { minLength: policy.minLength, words })
      if (fault) return passwordSentence(fault, policy.minLength)
      const hash = await hasher.hash(password)
      if (hash === null) return 'The password could not be hashed just now. Try again.'
      if (!(await users.setPassword(user.id, hash))) return 'This account does not exist any more.'
      await note('password.set', user.id)
      return null
    },

    async revokeSession(sid) {
      const view = await sessions.find(sid)
      if (!view || !(await sessions.revoke(sid, 'ended_by_operator'))) return false
      await note('session.end', view.user.id, sid)
      return true
    },

    async revokeAllSessions(user) {
      const ended = await sessions.revokeOthers(user.id, null, 'ended_by_operator')
      for (const sid of ended) await note('session.end', user.id, sid)
      return ended.length
    },
  }
}
