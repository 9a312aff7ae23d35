/**
 * The tokens signed with the public keys: access tokens, and the refresh tokens of API sessions. Signing and reading them.
 * Seconds and Dates meet here and nowhere else. Claims: docs/token-api.md, section 5; refusals: section 6, in its order.
 */
import { SignJWT } from 'jose'
import { accessClaims, apiRefreshClaims, type AccessClaims, type ApiRefreshClaims } from '#lib/core/claims'
import type { IssuedToken } from '#lib/core/ports'
import type { SessionView } from '#lib/core/records'
import { newTokenId } from './refresh-token'
import type { VerifyingKey } from './signing-keys'
import { verifySignature } from './verify-token'

/** How far ahead of our clock an issuer's may be (TK-7). */
const MAX_AHEAD_S = 30

export interface SignedTokenSettings {
  issuer: string
  /** The key new tokens are signed with. */
  signer: VerifyingKey
  /** All keys whose tokens are still good, by kid (TK-6). */
  verifiers: ReadonlyMap<string, VerifyingKey>
}

export type TokenFault = 'invalid' | 'expired' | 'no-exp' | 'no-id' | 'no-type' | 'wrong-type' | 'no-user'
export type TokenReading<Claims> = { kind: 'ok'; claims: Claims } | { kind: 'fault'; fault: TokenFault }

/** `extra` stands beside our own claims and can replace none of them. */
export async function signToken(
  type: 'access' | 'refresh',
  { session, user, now }: SessionView,
  expiresAt: Date,
  { issuer, signer }: SignedTokenSettings,
  extra: Record<string, unknown> = {},
): Promise<IssuedToken> {
  const id = newTokenId()
  const claims = { ...extra, token_type: type, sid: session.id, g: session.generation, user_id: user.id }
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: signer.alg, typ: 'JWT', kid: signer.kid })
    .setIssuer(issuer)
    .setSubject(user.id)
    .setJti(id)
    .setIssuedAt(now)
    .setExpirationTime(expiresAt)
    .sign(signer.key)
  return { token, id, issuedAt: now, expiresAt }
}

export async function readAccessToken(
  token: string,
  now: Date,
  settings: SignedTokenSettings,
): Promise<TokenReading<AccessClaims>> {
  return read(token, now, settings, 'access', (claims) => accessClaims.safeParse(claims).data)
}

export async function readApiRefreshToken(
  token: string,
  now: Date,
  settings: SignedTokenSettings,
): Promise<TokenReading<ApiRefreshClaims>> {
  return read(token, now, settings, 'refresh', (claims) => apiRefreshClaims.safeParse(claims).data)
}

async function read<Claims>(
  token: string,
  now: Date,
  { verifiers, issuer }: SignedTokenSettings,
  type: string,
  parse: (claims: Record<string, unknown>) => Claims | undefined,
): Promise<TokenReading<Claims>> {
  const claims = await verifySignature(token, verifiers)
  if (!claims) return { kind: 'fault', fault: 'invalid' }
  const fault = checkTimes(claims, issuer, now) ?? checkKind(claims, type)
  if (fault) return { kind: 'fault', fault }
  const parsed = parse(claims)
  return parsed ? { kind: 'ok', claims: parsed } : { kind: 'fault', fault: 'invalid' }
}

function checkTimes(claims: Record<string, unknown>, issuer: string, now: Date): TokenFault | null {
  const at = Math.floor(now.getTime() / 1000)
  const isInTime = (time: unknown) => Number.isInteger(time) && Number(time) <= at + MAX_AHEAD_S
  const ahead = ['iat', 'nbf'].some((name) => claims[name] !== undefined && !isInTime(claims[name]))
  if (ahead || claims.iss !== issuer) return 'invalid'
  if (claims.exp === undefined) return 'no-exp'
  if (!Number.isInteger(claims.exp)) return 'invalid'
  return Number(claims.exp) <= at ? 'expired' : null
}

function checkKind(claims: Record<string, unknown>, type: string): TokenFault | null {
  if (claims.jti === undefined) return 'no-id'
  if (claims.token_type === undefined) return 'no-type'
  if (claims.token_type !== type) return 'wrong-type'
  return claims.user_id === undefined ? 'no-user' : null
}
