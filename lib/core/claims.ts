/**
 * What our tokens say: how their claims are written, and as schemas what one that comes back must say. A verified signature proves
 * who wrote a claim, not that it has the right shape (TK-7). Wire names are those of RFC 7519, RFC 9068 and SimpleJWT
 * (docs/token-api.md, section 5); times are whole seconds.
 */
import { z } from 'zod'
import type { SessionView } from './records'
import { contractShape, type TokenShape } from './token-shape'

export type TokenType = 'access' | 'refresh'

const id = z.string().min(1).max(255)
const uuid = z.uuid()
const time = z.number().int().nonnegative().max(8_640_000_000_000)
/** The jti: 32 hex digits. In a refresh token it is the fork tag. */
const tag = z.string().regex(/^[0-9a-f]{32}$/)

const common = {
  iss: z.string(),
  sub: uuid,
  sid: uuid,
  g: z.number().int().nonnegative().max(2_147_483_646),
  jti: tag,
  iat: time,
  exp: time,
  user_id: id,
  // Whatever else a token of ours may say for others to read (RFC 7662, section 2.2).
  /** A malformed one, where none is asked for, is not looked at. */
  aud: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .catch(undefined),
  client_id: z.string().optional(),
  scope: z.string().optional(),
}

export const accessClaims = z.object({ ...common, token_type: z.literal('access') })
export type AccessClaims = z.infer<typeof accessClaims>

/** A browser's refresh token: internal, HMAC-signed, with an audience of its own. */
export const browserRefreshClaims = z.object({
  sid: uuid,
  g: common.g,
  jti: tag,
  iat: time,
  exp: time,
  aud: z.literal('latchkey:browser-refresh'),
  token_type: z.literal('refresh'),
})
export type BrowserRefreshClaims = z.infer<typeof browserRefreshClaims>

/** An API session's refresh token, signed as access tokens are. */
export const apiRefreshClaims = z.object({ ...common, token_type: z.literal('refresh') })
export type ApiRefreshClaims = z.infer<typeof apiRefreshClaims>

/** In the rfc9068 profile a refresh token is for nobody but us; no JWT_AUDIENCE may begin so. */
export const OWN_AUDIENCES = 'latchkey:'
const API_REFRESH_AUDIENCE = `${OWN_AUDIENCES}api-refresh`
const CLIENT = 'latchkey'

/** The header's `typ`, which is what tells kinds apart in the rfc9068 profile (TK-1, TK-2). */
export const typOf = (type: TokenType, { profile }: TokenShape) =>
  profile === 'contract' ? 'JWT' : type === 'access' ? 'at+jwt' : 'rt+jwt'

export interface Stamp {
  issuer: string
  /** The jti. */
  id: string
  /** Both in whole seconds. */
  iat: number
  exp: number
}

/** All claims of a token. `extra` stands beside our own and can replace none of them. */
export function writeClaims(
  type: TokenType,
  { session, user }: Pick<SessionView, 'session' | 'user'>,
  { issuer, id: jti, iat, exp }: Stamp,
  shape: TokenShape = contractShape,
  extra: Record<string, unknown> = {},
): Record<string, unknown> {
  const ours = { iss: issuer, sub: user.id, sid: session.id, g: session.generation, iat, exp }
  const audience = writtenAudience(audiencesOf(type, issuer, shape))
  if (shape.profile === 'contract') {
    const { names, userIdField } = shape
    const named = { [names.tokenType]: type, [names.tokenId]: jti, [names.userId]: user[userIdField] }
    return { ...extra, ...named, ...ours, ...audience }
  }
  const base = { ...ours, jti, ...audience, client_id: CLIENT }
  if (type === 'refresh') return { ...base, token_type: 'refresh' }
  const { authTime, amr, kind } = session
  // The scope says where the token opens a door: pages or the API, never both (TK-11).
  return { ...extra, ...base, auth_time: Math.floor(authTime.getTime() / 1000), amr, scope: kind }
}

/** The audiences of which a token of this type must name one; empty: none is asked for. */
export function audiencesOf(type: TokenType, issuer: string, { profile, audiences }: TokenShape): readonly string[] {
  if (profile === 'contract') return audiences
  if (type === 'refresh') return [API_REFRESH_AUDIENCE]
  return audiences.length > 0 ? audiences : [issuer]
}

/** The claims under the names our schemas know them by, whatever the settings call them on the wire. */
export function readNames(
  claims: Record<string, unknown>,
  typ: unknown,
  { profile, names }: TokenShape,
): Record<string, unknown> {
  const own = (name: string) => (Object.hasOwn(claims, name) ? claims[name] : undefined)
  if (profile === 'contract')
    return { ...claims, jti: own(names.tokenId), token_type: own(names.tokenType), user_id: own(names.userId) }
  return { ...claims, token_type: typ === 'at+jwt' ? 'access' : 'refresh', user_id: own('sub') }
}

const writtenAudience = ([first, ...more]: readonly string[]) =>
  first === undefined ? {} : { aud: more.length === 0 ? first : [first, ...more] }
