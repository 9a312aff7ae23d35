/** Ends the session a browser holds, also when its access token has run out (SE-2). Whose it is, its signed tokens say. */
import type { AuditLog, SessionStore } from '#lib/core/ports'
import type { RequestContext } from '#lib/core/request-context'

export type Logout = (sid: string, context: RequestContext) => Promise<void>

export function createLogout({ sessions, audit }: { sessions: SessionStore; audit: AuditLog }): Logout {
  return async (sid, context) => {
    const view = await sessions.find(sid)
    if (!view || !(await sessions.revoke(sid, 'logout'))) return
    const who = { actorId: view.user.id, subjectId: view.user.id, sessionId: sid }
    await audit.append({ event: 'logout', outcome: 'success', ...who, context })
  }
}
