/** The rows of a database in memory, shared by the in-memory stores. What goes in and out is copied: nobody holds a row itself. */
import type { AuditEntry } from '#lib/core/audit'
import type { AuditLog } from '#lib/core/ports'
import type { ClientRecord, Grants, RevokedReason, SessionRecord, SessionView, UserRecord } from '#lib/core/records'
import { isOver } from '#lib/core/rotation'
import { CHECKS_ACTIVE, rotationFacts, type ActivePolicy } from '#lib/core/session-state'
import type { FixedClock } from './fixed-clock'

export interface MemoryRows {
  clock: FixedClock
  users: Map<string, UserRecord>
  sessions: Map<string, SessionRecord>
  clients: Map<string, ClientRecord & { secretHash: string }>
  audit: AuditEntry[]
  /** By the user's id; who is not there is in no group. */
  grants: Map<string, Grants>
  active: ActivePolicy
}

export function memoryRows(clock: FixedClock): MemoryRows {
  const kept = { users: new Map(), sessions: new Map(), clients: new Map(), grants: new Map() }
  return { clock, ...kept, audit: [], active: CHECKS_ACTIVE }
}

export function memoryAuditLog({ audit }: MemoryRows): AuditLog {
  return {
    async append(entry) {
      audit.push(structuredClone(entry))
    },
  }
}

/** A session with its user, at the clock's now. */
export function viewOf({ clock, users, sessions, grants: all }: MemoryRows, sid: string): SessionView | null {
  const session = sessions.get(sid)
  const user = session && users.get(session.userId)
  const grants = (user && all.get(user.id)) ?? { groups: [], permissions: [] }
  return session && user ? structuredClone({ session, user, grants, now: clock.now() }) : null
}

export function isAlive(rows: MemoryRows, sid: string): boolean {
  const view = viewOf(rows, sid)
  return view !== null && !isOver(rotationFacts(view, rows.active), view.now)
}

/** The ids of those that this call ended. */
export function endSessions(
  { clock, sessions }: MemoryRows,
  reason: RevokedReason,
  which: (session: SessionRecord) => boolean,
): string[] {
  const ended = [...sessions.values()].filter((session) => session.revokedAt === null && which(session))
  for (const session of ended) Object.assign(session, { revokedAt: clock.now(), revokedReason: reason })
  return ended.map(({ id }) => id)
}
