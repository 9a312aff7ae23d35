/**
 * What our tokens say, as schemas: a verified signature proves who wrote a claim, not that it has the right shape (TK-7).
 * Wire names are those of RFC 7519 and of SimpleJWT (docs/token-api.md, section 5); times are whole seconds.
 */
import { z } from 'zod'

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
  aud: z.union([z.string(), z.array(z.string())]).optional(),
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
