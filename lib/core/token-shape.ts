/**
 * How this server's signed tokens are written, and what is asked of one that comes back: the settings that shape tokens
 * (docs/token-api.md, section B), read once by config.ts and given to lib/crypto/signed-token.ts.
 */
import { days, hours } from './duration'

/** The wire names of the claims that SimpleJWT lets one name. */
export interface ClaimNames {
  userId: string
  tokenType: string
  tokenId: string
}

export interface TokenShape {
  profile: 'contract' | 'rfc9068'
  /** JWT_AUDIENCE: written, and one match asked for. Empty: `contract` neither writes nor looks at it; `rfc9068` names the issuer. */
  audiences: readonly string[]
  /** JWT_LEEWAY, in seconds: how long past its exp a token still counts. */
  leewayS: number
  /** JWT_USER_ID_FIELD: what the user id claim holds. `sub` is the id always. */
  userIdField: 'id' | 'email' | 'username'
  names: ClaimNames
  /** The longest a token of ours can run, in seconds: one that says more was not made by these settings (TK-7). */
  longestS: { access: number; refresh: number }
}

/** Without any setting; the lives are the longest that any setting allows. */
export const contractShape: TokenShape = {
  profile: 'contract',
  audiences: [],
  leewayS: 0,
  userIdField: 'id',
  names: { userId: 'user_id', tokenType: 'token_type', tokenId: 'jti' },
  longestS: { access: hours(1) / 1000, refresh: days(400) / 1000 },
}

/** Claims that are ours to write in either profile: no setting and no hook may give one of these names to something else. */
export const RESERVED_CLAIMS: readonly string[] = [
  ...['token_type', 'exp', 'iat', 'jti', 'user_id', 'email', 'roles', 'sub', 'sid', 'g', 'iss', 'aud', 'nbf'],
  ...['client_id', 'auth_time', 'amr', 'scope'],
]

/** All the names a server with these settings writes itself. */
export function ownClaims({ names }: TokenShape): string[] {
  return [...new Set([...RESERVED_CLAIMS, names.userId, names.tokenType, names.tokenId])]
}
