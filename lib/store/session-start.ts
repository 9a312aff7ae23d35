/** A new session, and the end of those it takes the place of, under a lock on the user's row. */
import { randomUUID } from 'node:crypto'
import type { NewSession } from '#lib/core/ports'
import type { SessionView } from '#lib/core/records'
import { Prisma, type PrismaClient } from './generated/client'
import { interval, VIEW, viewOf, type ViewRow } from './session-columns'
import { lockUser } from './user-lock'

export interface SessionLifetimes {
  /** Idle and absolute life of a browser session that stays signed in. */
  idleMs: number
  absoluteMs: number
  /** Absolute life of a browser session that ends with its window (PR-2). */
  windowMs: number
  /** Idle life of an API session: its refresh token's life. */
  apiIdleMs: number
  /** MAX_SESSIONS: browser sessions per account; the longest unseen ones end (A7.1.2). */
  maxSessions: number
  /** JWT_CHECK_USER_IS_ACTIVE=false. */
  apiIgnoresActive?: boolean
}

/**
 * Null when the user has meanwhile been disabled, deleted or given another password; then nothing has ended either.
 * The lock is what makes a deactivation and a login in the same instant end one after the other, and keeps MAX_SESSIONS for logins in parallel.
 */
export async function startSession(
  db: PrismaClient,
  wanted: NewSession,
  lifetimes: SessionLifetimes,
): Promise<SessionView | null> {
  return db.$transaction(async (tx) => {
    const user = await lockUser(tx, wanted.user.id)
    const anyone = wanted.kind === 'api' && lifetimes.apiIgnoresActive
    if (!user || !(user.isActive || anyone) || user.epoch !== wanted.user.epoch) return null
    // A statement of its own: it sees what was committed while this one waited for the lock.
    const [row] = await tx.$queryRaw<ViewRow[]>(statement(wanted, lifetimes))
    return row ? viewOf(row) : null
  })
}

function statement(wanted: NewSession, lifetimes: SessionLifetimes): Prisma.Sql {
  const { user, kind, persistent, amr, context, supersedes } = wanted
  const absolute =
    kind === 'browser' && !persistent ? Math.min(lifetimes.windowMs, lifetimes.absoluteMs) : lifetimes.absoluteMs
  const idle = Math.min(kind === 'api' ? lifetimes.apiIdleMs : lifetimes.idleMs, absolute)
  const others = kind === 'browser' ? lifetimes.maxSessions - 1 : 2_147_483_647

  return Prisma.sql`
    WITH former AS (
      UPDATE sessions SET revoked_at = now(), revoked_reason = 'superseded'
      WHERE id = ${supersedes}::uuid AND revoked_at IS NULL
    ), surplus AS (
      UPDATE sessions SET revoked_at = now(), revoked_reason = 'too_many_sessions'
      WHERE revoked_at IS NULL AND id IN (
        SELECT id FROM sessions
        WHERE user_id = ${user.id}::uuid AND kind = 'browser' AND id IS DISTINCT FROM ${supersedes}::uuid
          AND revoked_at IS NULL AND idle_expires_at > now() AND absolute_expires_at > now()
        ORDER BY last_seen_at DESC OFFSET ${others}::int
      ) RETURNING id, user_id
    ), noted AS (
      INSERT INTO audit_events (event, outcome, reason, subject_id, session, ip, user_agent, request_id)
      SELECT 'session.end', 'success', 'too_many_sessions', user_id, left(encode(sha256(convert_to(id::text, 'UTF8')), 'hex'), 12),
        ${context.ip}, ${context.userAgent}, ${context.requestId}
      FROM surplus
    ), s AS (
      INSERT INTO sessions (id, user_id, kind, persistent, amr, epoch, user_agent, ip, auth_time, last_seen_at, created_at,
        idle_expires_at, absolute_expires_at)
      SELECT ${randomUUID()}::uuid, id, ${kind}::session_kind, ${persistent}, ${amr}, epoch, ${context.userAgent}, ${context.ip},
        now(), now(), now(), now() + ${interval(idle)}, now() + ${interval(absolute)}
      FROM users WHERE id = ${user.id}::uuid
      RETURNING *
    )
    SELECT ${VIEW} FROM s JOIN users u ON u.id = s.user_id`
}
