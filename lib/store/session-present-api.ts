/** Refreshing an API session in one statement: of eight at once one rotates, the others are returns of a used token (design, section 4). */
import type { ApiRefreshPolicy } from '#lib/core/api-refresh'
import type { ApiPresentOutcome } from '#lib/core/ports'
import type { RequestContext } from '#lib/core/request-context'
import type { PresentedToken } from '#lib/core/rotation'
import type { ActivePolicy } from '#lib/core/session-state'
import { sessionMark } from './audit-store'
import { Prisma, type PrismaClient } from './generated/client'
import { alive, interval, VIEW, viewOf, type ViewRow } from './session-columns'

export interface ApiPresentation {
  sid: string
  token: PresentedToken
  policy: ApiRefreshPolicy
  idleMs: number
  active: ActivePolicy
  context: RequestContext
}

/** Null: nothing lives under that id, or the generation was never issued. */
export async function presentApi(db: PrismaClient, shown: ApiPresentation): Promise<ApiPresentOutcome | null> {
  const [row] = await db.$queryRaw<(ViewRow & { rotatedNow: boolean })[]>(statement(shown))
  if (!row) return null
  const view = viewOf(row)
  if (view.session.revokedAt !== null) return { kind: 'reuse', view }
  if (view.session.generation > shown.token.generation) return { kind: row.rotatedNow ? 'rotate' : 'reissue', ...view }
  return { kind: shown.policy.rotate ? 'both' : 'access-only', ...view }
}

function statement({ sid, token, policy, idleMs, active, context }: ApiPresentation): Prisma.Sql {
  const advances = policy.rotate && policy.singleUse
  const rotates = Prisma.sql`(${advances} AND s.gen = ${token.generation}::int)`
  const parent = Prisma.sql`(${advances && policy.tolerant} AND s.gen = ${token.generation}::int + 1 AND s.parent_tag = ${token.tag})`
  // parent_tag is null before the first rotation: then "is parent" is unknown, which must count as no.
  const reuse = Prisma.sql`(s.gen > ${token.generation}::int AND ${parent} IS NOT TRUE)`
  return Prisma.sql`
    WITH moved AS (
      UPDATE sessions s SET
        gen = CASE WHEN ${rotates} THEN s.gen + 1 ELSE s.gen END,
        parent_tag = CASE WHEN ${rotates} THEN ${token.tag} ELSE s.parent_tag END,
        rotated_at = CASE WHEN ${rotates} THEN now() ELSE s.rotated_at END,
        revoked_at = CASE WHEN ${reuse} THEN now() END,
        revoked_reason = CASE WHEN ${reuse} THEN 'reuse' END,
        idle_expires_at = CASE WHEN ${reuse} THEN s.idle_expires_at ELSE LEAST(now() + ${interval(idleMs)}, s.absolute_expires_at) END,
        last_seen_at = CASE WHEN ${reuse} THEN s.last_seen_at ELSE now() END
      FROM users u
      WHERE s.id = ${sid}::uuid AND s.kind = 'api' AND u.id = s.user_id AND ${alive(active)} AND s.gen >= ${token.generation}::int
      RETURNING ${VIEW}, COALESCE(s.rotated_at = now(), false) AS "rotatedNow"
    ), alarm AS (
      INSERT INTO audit_events (event, outcome, reason, subject_id, session, ip, user_agent, request_id, detail)
      SELECT 'refresh.reuse', 'failure', 'reuse', "s.userId", ${sessionMark(sid)}, ${context.ip}, ${context.userAgent}, ${context.requestId},
        jsonb_build_object('presented', ${token.generation}::int, 'current', "s.generation")
      FROM moved WHERE "s.revokedAt" IS NOT NULL
    )
    SELECT * FROM moved`
}
