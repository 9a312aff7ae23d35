/** Makes the tokens of a session. Which kind, how long and with which claims depends on the session alone. */
import type { TokenMint } from '#lib/core/ports'
import type { SessionView } from '#lib/core/records'
import { signBrowserRefresh } from './refresh-token'
import { signToken, type SignedTokenSettings } from './signed-token'

export interface MintSettings {
  tokens: () => SignedTokenSettings
  browserRefreshKey: Buffer
  accessLifeMs: number
  apiRefreshLifeMs: number
}

export function createTokenMint({
  tokens,
  browserRefreshKey,
  accessLifeMs,
  apiRefreshLifeMs,
}: MintSettings): TokenMint {
  return {
    access(view, { lifeMs = accessLifeMs } = {}) {
      return signToken('access', view, lasting(view, Math.min(lifeMs, accessLifeMs)), tokens(), apiClaims(view))
    },
    refresh(view) {
      if (view.session.kind === 'browser') return signBrowserRefresh(view, browserRefreshKey)
      return signToken('refresh', view, lasting(view, apiRefreshLifeMs), tokens(), apiClaims(view))
    },
  }
}

/** No token outlives its session's absolute end. */
function lasting({ session, now }: SessionView, lifeMs: number): Date {
  return new Date(Math.min(now.getTime() + lifeMs, session.absoluteExpiresAt.getTime()))
}

/** Browser tokens carry no address and no roles: they are read from the row. Programs expect them (docs/token-api.md, section 5). */
function apiClaims({ session, user }: SessionView): Record<string, unknown> {
  return session.kind === 'api' ? { email: user.email, roles: [] } : {}
}
