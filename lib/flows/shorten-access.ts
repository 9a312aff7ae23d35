/** An access token of a living session that ends sooner than usual; never later. For the dashboard's demonstration of the silent refresh. */
import type { IssuedToken, SessionStore, TokenMint } from '#lib/core/ports'
import type { SessionView } from '#lib/core/records'
import { sessionOver } from '#lib/core/session-state'

export type ShortenAccess = (sid: string, lifeMs: number) => Promise<{ view: SessionView; access: IssuedToken } | null>

export function createShortenAccess({ sessions, mint }: { sessions: SessionStore; mint: TokenMint }): ShortenAccess {
  return async (sid, lifeMs) => {
    const view = await sessions.find(sid)
    return view && !sessionOver(view) ? { view, access: await mint.access(view, { lifeMs }) } : null
  }
}
