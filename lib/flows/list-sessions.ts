/** The live sessions of a principal, the present one first. */
import type { SessionStore } from '#lib/core/ports'
import type { Principal } from '#lib/core/principal'
import type { SessionRecord } from '#lib/core/records'

export type ListSessions = (principal: Principal) => Promise<SessionRecord[]>

export function createListSessions({ sessions }: { sessions: SessionStore }): ListSessions {
  return async ({ user, session }) => {
    const live = await sessions.listLive(user.id)
    return [...live.filter(({ id }) => id === session.id), ...live.filter(({ id }) => id !== session.id)]
  }
}
