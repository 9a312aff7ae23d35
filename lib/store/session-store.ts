/** Sessions in the database: one row per login, no token in it (docs/design.md, section 4). */
import type { SessionStore } from '#lib/core/ports'
import type { SessionView } from '#lib/core/records'
import { Prisma, type PrismaClient } from './generated/client'
import { ALIVE, alive, sessionRecord, VIEW, viewOf, type ViewRow } from './session-columns'
import { endSessions } from './session-end'
import { presentApi } from './session-present-api'
import { presentBrowser } from './session-present'
import { startSession, type SessionLifetimes } from './session-start'

export function createSessionStore(db: PrismaClient, lifetimes: SessionLifetimes): SessionStore {
  const active = { apiIgnoresActive: lifetimes.apiIgnoresActive ?? false }
  const find = async (sid: string): Promise<SessionView | null> => {
    const [row] = await db.$queryRaw<ViewRow[]>(
      Prisma.sql`SELECT ${VIEW} FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = ${sid}::uuid`,
    )
    return row ? viewOf(row) : null
  }

  return {
    find,
    start: (session) => startSession(db, session, lifetimes),

    async confirm(sid, generation) {
      await db.$executeRaw(Prisma.sql`
        UPDATE sessions s SET confirmed_at = now() FROM users u
        WHERE s.id = ${sid}::uuid AND u.id = s.user_id AND s.gen = ${generation}::int AND s.confirmed_at IS NULL AND ${ALIVE}`)
    },

    async present(sid, token, policy, context) {
      const outcome = await presentBrowser(db, { sid, token, policy, idleMs: lifetimes.idleMs, context })
      if (outcome) return outcome
      const row = await db.session.findUnique({ where: { id: sid } })
      return {
        kind: 'denied',
        userId: row?.userId ?? null,
        revokedReason: row ? sessionRecord(row).revokedReason : null,
      }
    },

    async presentApi(sid, token, policy, context) {
      const outcome = await presentApi(db, { sid, token, policy, idleMs: lifetimes.apiIdleMs, active, context })
      return outcome ?? { kind: 'denied', view: await find(sid) }
    },

    async listLive(userId) {
      const rows = await db.$queryRaw<ViewRow[]>(Prisma.sql`
        SELECT ${VIEW} FROM sessions s JOIN users u ON u.id = s.user_id
        WHERE s.user_id = ${userId}::uuid AND ${alive(active)} ORDER BY s.last_seen_at DESC, s.id`)
      return rows.map((row) => viewOf(row).session)
    },

    async revoke(sid, reason, userId) {
      const owner = userId === undefined ? Prisma.empty : Prisma.sql`AND user_id = ${userId}::uuid`
      const ended = await db.$executeRaw(Prisma.sql`
        UPDATE sessions SET revoked_at = now(), revoked_reason = ${reason} WHERE id = ${sid}::uuid AND revoked_at IS NULL ${owner}`)
      return ended > 0
    },

    revokeOthers: (userId, keep, reason) =>
      endSessions(db, { userId, reason, which: Prisma.sql`id IS DISTINCT FROM ${keep}::uuid` }),
  }
}
