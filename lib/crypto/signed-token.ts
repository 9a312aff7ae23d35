/**
 * The tokens signed with the public keys: access tokens, and the refresh tokens of API sessions. Signing and reading them.
 * Seconds and Dates meet here and nowhere else. Claims: lib/core/claims.ts; refusals: docs/token-api.md, section 6, in its order.
 */
import { decodeProtectedHeader, SignJWT } from 'jose'
import {
  accessClaims,
  apiRefreshClaims,
  audiencesOf,
  readNames,
  typOf,
  writeClaims,
  type AccessClaims,
  type ApiRefreshClaims,
  type TokenType,
} from '#lib/core/claims'
import type { IssuedToken } from '#lib/core/ports'
import type { SessionView } from '#lib/core/records'
import type { TokenShape } from '#lib/core/token-shape'
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
  /** Left out: the contract's, without any setting. */
  shape: TokenShape
  /** With a memory, where many tokens come again and again. */
  verify?: typeof verifySignature
}

export type TokenFault = 'invalid' | 'expired' | 'no-exp' | 'no-id' | 'no-type' | 'wrong-type' | 'no-user'
export type TokenReading<Claims> = { kind: 'ok'; claims: Claims } | { kind: 'fault'; fault: TokenFault }

/** `extra` stands beside our own claims and can replace none of them. */
export async function signToken(
  type: TokenType,
  view: SessionView,
  expiresAt: Date,
  { issuer, signer, shape }: SignedTokenSettings,
  extra: Record<string, unknown> = {},
): Promise<IssuedToken> {
  const id = newTokenId()
  const stamp = { issuer, id, iat: inSeconds(view.now), exp: inSeconds(expiresAt) }
  const token = await new SignJWT(writeClaims(type, view, stamp, shape, extra))
    .setProtectedHeader({ alg: signer.alg, typ: typOf(type, shape), kid: signer.kid })
    .sign(signer.key)
  return { token, id, issuedAt: view.now, expiresAt }
}

export async function readAccessToken(
  token: string,
  now: Date,
  settings: SignedTokenSettings,
): Promise<TokenReading<AccessClaims>> {
  return read(token, now, settings, 'access', (claims) => accessClaims.safeParse(claims).data ?? 'invalid')
}

export async function readApiRefreshToken(
  token: string,
  now: Date,
  settings: SignedTokenSettings,
): Promise<TokenReading<ApiRefreshClaims>> {
  return read(token, now, settings, 'refresh', (claims) => apiRefreshClaims.safeParse(claims).data ?? 'invalid')
}

async function read<Claims extends object>(
  token: string,
  now: Date,
  { verifiers, issuer, shape, verify = verifySignature }: SignedTokenSettings,
  type: TokenType,
  parse: (claims: Record<string, unknown>) => Claims | TokenFault,
): Promise<TokenReading<Claims>> {
  const wire = await verify(token, verifiers, [typOf('access', shape), typOf('refresh', shape)])
  if (!wire) return { kind: 'fault', fault: 'invalid' }
  const claims = readNames(wire, decodeProtectedHeader(token).typ, shape)
  const fault = checkTimes(claims, issuer, now, shape) ?? checkKind(claims, type)
  if (fault) return { kind: 'fault', fault }
  const parsed = isWithinLife(claims, shape.longestS[type]) ? parse(claims) : 'invalid'
  return typeof parsed === 'string' ? { kind: 'fault', fault: parsed } : { kind: 'ok', claims: parsed }
}

function checkTimes(claims: Record<string, unknown>, issuer: string, now: Date, shape: TokenShape): TokenFault | null {
  const at = inSeconds(now)
  const isInTime = (time: unknown) => Number.isInteger(time) && Number(time) <= at + MAX_AHEAD_S
  const ahead = ['iat', 'nbf'].some((name) => claims[name] !== undefined && !isInTime(claims[name]))
  if (ahead || claims.iss !== issuer || !isForUs(claims, issuer, shape)) return 'invalid'
  if (claims.exp === undefined) return 'no-exp'
  if (!Number.isInteger(claims.exp)) return 'invalid'
  return Number(claims.exp) <= at - shape.leewayS ? 'expired' : null
}

/** Judged as the kind it says it is: a refresh token in an access token's place is of the wrong type, not of a wrong audience. */
function isForUs({ aud, token_type }: Record<string, unknown>, issuer: string, shape: TokenShape): boolean {
  const wanted = audiencesOf(token_type === 'refresh' ? 'refresh' : 'access', issuer, shape)
  if (wanted.length === 0) return true
  const named: unknown[] = Array.isArray(aud) ? aud : [aud]
  return named.some((one) => wanted.some((name) => name === one))
}

function checkKind(claims: Record<string, unknown>, type: TokenType): TokenFault | null {
  if (claims.jti === undefined) return 'no-id'
  if (claims.token_type === undefined) return 'no-type'
  if (claims.token_type !== type) return 'wrong-type'
  // Told apart from other faults: the protected view has a sentence of its own for it (docs/token-api.md, section 7).
  return claims.user_id === undefined ? 'no-user' : null
}

function isWithinLife({ exp, iat }: Record<string, unknown>, longestS: number): boolean {
  const life = Number(exp) - Number(iat)
  return life >= 0 && life <= longestS
}

const inSeconds = (at: Date) => Math.floor(at.getTime() / 1000)
