/** Makes the tokens of a session. Which kind, how long and with which claims depends on the session, the settings and the claims hook. */
import type { TokenType } from '#lib/core/claims'
import type { ExtraClaims, IssuedToken, TokenMint } from '#lib/core/ports'
import type { SessionView } from '#lib/core/records'
import { TOKEN_LIMIT, tokenTooLarge } from '#lib/core/token-too-large'
import { signBrowserRefresh } from './refresh-token'
import { signToken, type SignedTokenSettings } from './signed-token'

export interface MintSettings {
  tokens: () => SignedTokenSettings
  browserRefreshKey: Buffer
  accessLifeMs: number
  apiRefreshLifeMs: number
  /** The claims hook; left out when there is none. */
  extraClaims?: (view: SessionView) => Promise<ExtraClaims>
}

export function createTokenMint(settings: MintSettings): TokenMint {
  const { tokens, browserRefreshKey, accessLifeMs, apiRefreshLifeMs, extraClaims } = settings
  const ask = async (view: SessionView) => (isBrowsers(view) || !extraClaims ? {} : extraClaims(view))
  const sign = async (type: TokenType, view: SessionView, lifeMs: number, extra?: ExtraClaims) => {
    const claims = besides(view, extra ?? (await ask(view)), tokens())
    return fitting(await signToken(type, view, lasting(view, lifeMs), tokens(), claims), view)
  }
  return {
    async prepare(view) {
      if (isBrowsers(view)) return {}
      const extra = await ask(view)
      // The longer of the two: a refresh token of the rfc9068 profile carries nothing of the hook's.
      await sign(isRfc9068(tokens()) ? 'access' : 'refresh', view, apiRefreshLifeMs, extra)
      return extra
    },
    access: (view, { lifeMs = accessLifeMs, extra } = {}) =>
      sign('access', view, Math.min(lifeMs, accessLifeMs), extra),
    refresh(view, { extra } = {}) {
      return isBrowsers(view)
        ? signBrowserRefresh(view, browserRefreshKey)
        : sign('refresh', view, apiRefreshLifeMs, extra)
    },
  }
}

/** No token outlives its session's absolute end. */
function lasting({ session, now }: SessionView, lifeMs: number): Date {
  return new Date(Math.min(now.getTime() + lifeMs, session.absoluteExpiresAt.getTime()))
}

/**
 * Browser tokens carry no address, no roles and nothing of the hook's: all of it is read from the row. Programs expect email and roles,
 * as they are at this moment (docs/token-api.md, section 5 and F22); in the rfc9068 profile there is no place for them.
 */
function besides(view: SessionView, extra: ExtraClaims, tokens: SignedTokenSettings): Record<string, unknown> {
  if (isBrowsers(view)) return {}
  return isRfc9068(tokens) ? { ...extra } : { ...extra, email: view.user.email, roles: view.grants.groups }
}

function fitting(issued: IssuedToken, { user, grants }: SessionView): IssuedToken {
  if (issued.token.length < TOKEN_LIMIT) return issued
  throw tokenTooLarge(issued.token.length, { userId: user.id, roles: grants.groups.length })
}

const isBrowsers = ({ session }: SessionView) => session.kind === 'browser'

const isRfc9068 = ({ shape }: SignedTokenSettings) => shape?.profile === 'rfc9068'
