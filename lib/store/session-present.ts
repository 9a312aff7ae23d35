/**
 * Presenting a browser's refresh token: the table of docs/design.md, section 4, as one UPDATE in autocommit on the database's clock.
 *
 * Under READ COMMITTED a second statement on the same row waits for the first and then judges the row anew, so any number of
 * instances agree. decideRotation is the same table as a function; session-present.agreement.test.ts holds the two together.
 */
import type { PresentOutcome } from '#lib/core/ports'
import type { RequestContext } from '#lib/core/request-context'
import type { PresentedToken, RotationPolicy } from '#lib/core/rotation'
import { sessionMark } from './audit-store'
import { Prisma, type PrismaClient } from './generated/client'
import { ALIVE, interval, VIEW, viewOf, type ViewRow } from './session-columns'

export interface Presentation {
  sid: string
  token: PresentedToken
  policy: RotationPolicy
  idleMs: number
  context: RequestContext
}

/** Null: nothing lives under that id, or the generation was never issued. */
export async function presentBrowser(db: PrismaClient, shown: Presentation): Promise<PresentOutcome | null> {
  const [row] = await db.$queryRaw<(ViewRow & { rotatedNow: boolean; confirmedNow: boolean })[]>(statement(shown))
  if (!row) return null
  const view = viewOf(row)
  const { session } = view
  // The statement touches living sessions only, so whatever is revoked now was revoked by it.
  if (session.revokedAt !== null) return { kind: 'reuse', userId: session.userId, revokedReason: 'reuse' }
  if (session.generation === shown.token.generation) {
    return { kind: row.confirmedNow ? 'confirm-and-access' : 'access-only', ...view }
  }
  return { kind: row.rotatedNow ? 'rotate' : 'reissue', ...view }
}

function statement({ sid, token, policy, idleMs, context }: Presentation): Prisma.Sql {
  const current = Prisma.sql`s.gen = ${token.generation}::int`
  const unconfirmed = Prisma.sql`s.confirmed_at IS NULL`
  const rotates = Prisma.sql`(${current} AND s.confirmed_at <= now() - ${interval(policy.rotationAgeMs)})`
  const lateParent = Prisma.sql`(s.gen = ${token.generation}::int + 1 AND s.parent_tag = ${token.tag}
    AND (${unconfirmed} OR s.confirmed_at >= now() - ${interval(policy.lateWindowMs)}))`
  // parent_tag is null before the first rotation: then "is late" is unknown, which must count as no.
  const reuse = Prisma.sql`(s.gen > ${token.generation}::int AND ${lateParent} IS NOT TRUE)`

  return Prisma.sql`
    WITH moved AS (
      UPDATE sessions s SET
        gen = CASE WHEN ${rotates} THEN s.gen + 1 ELSE s.gen END,
        parent_tag = CASE WHEN ${rotates} THEN ${token.tag} ELSE s.parent_tag END,
        rotated_at = CASE WHEN ${rotates} THEN now() ELSE s.rotated_at END,
        confirmed_at = CASE WHEN ${rotates} THEN NULL WHEN ${current} AND ${unconfirmed} THEN now() ELSE s.confirmed_at END,
        revoked_at = CASE WHEN ${reuse} THEN now() END,
        revoked_reason = CASE WHEN ${reuse} THEN 'reuse' END,
        idle_expires_at = CASE WHEN ${reuse} THEN s.idle_expires_at ELSE LEAST(now() + ${interval(idleMs)}, s.absolute_expires_at) END,
        last_seen_at = CASE WHEN ${reuse} THEN s.last_seen_at ELSE now() END,
        ip = CASE WHEN ${reuse} THEN s.ip ELSE ${context.ip} END,
        user_agent = CASE WHEN ${reuse} THEN s.user_agent ELSE ${context.userAgent} END
      FROM users u
      WHERE s.id = ${sid}::uuid AND s.kind = 'browser' AND u.id = s.user_id AND ${ALIVE} AND s.gen >= ${token.generation}::int
      RETURNING ${VIEW},
        COALESCE(s.rotated_at = now(), false) AS "rotatedNow", COALESCE(s.confirmed_at = now(), false) AS "confirmedNow"
    ), alarm AS (
      INSERT INTO audit_events (event, outcome, reason, subject_id, session, ip, user_agent, request_id, detail)
      SELECT 'refresh.reuse', 'failure', 'reuse', "s.userId", ${sessionMark(sid)}, ${context.ip}, ${context.userAgent}, ${context.requestId},
        jsonb_build_object('presented', ${token.generation}::int, 'current', "s.generation")
      FROM moved WHERE "s.revokedAt" IS NOT NULL
    )
    SELECT * FROM moved`
}
