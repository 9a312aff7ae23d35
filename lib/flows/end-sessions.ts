/** Ends sessions of one's own: one by id, or all but the present one. Ownership is part of the statement (AZ-2). */
import type { AuditLog, SessionStore } from '#lib/core/ports'
import type { Principal } from '#lib/core/principal'
import type { RequestContext } from '#lib/core/request-context'

/** Which session to end, or all others. */
export type EndSessions = (
  principal: Principal,
  which: { sid: string } | 'others',
  context: RequestContext,
) => Promise<{ ended: number }>

export function createEndSessions({ sessions, audit }: { sessions: SessionStore; audit: AuditLog }): EndSessions {
  return async ({ user, session }, which, context) => {
    const ended =
      which === 'others'
        ? await sessions.revokeOthers(user.id, session.id, 'ended_by_user')
        : (await sessions.revoke(which.sid, 'ended_by_user', user.id))
          ? [which.sid]
          : []
    for (const sessionId of ended) {
      const who = { actorId: user.id, subjectId: user.id, sessionId }
      await audit.append({ event: 'session.end', outcome: 'success', reason: 'ended_by_user', ...who, context })
    }
    return { ended: ended.length }
  }
}
