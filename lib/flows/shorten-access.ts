/** An access token of a living session that ends sooner than usual; never later. For the dashboard's demonstration of the silent refresh. */
import type { IssuedToken, SessionStore, TokenMint } from '#lib/core/ports'
import type { SessionView } from '#lib/core/records'
import { sessionOver } from '#lib/core/session-state'

/** `notAfter`: the end of the token that was presented. A copy of one must not be able to outlive it by asking again and again. */
export type ShortenAccess = (
  sid: string,
  lifeMs: number,
  notAfter: Date,
) => Promise<{ view: SessionView; access: IssuedToken } | null>

export function createShortenAccess({ sessions, mint }: { sessions: SessionStore; mint: TokenMint }): ShortenAccess {
  return async (sid, lifeMs, notAfter) => {
    const view = await sessions.find(sid)
    if (!view || sessionOver(view)) return null
    const leftMs = Math.min(lifeMs, notAfter.getTime() - view.now.getTime())
    return leftMs > 0 ? { view, access: await mint.access(view, { lifeMs: leftMs }) } : null
  }
}
