/**
 * A browser's refresh token: session, generation and fork tag under an internal HMAC key and an audience of its own
 * (docs/design.md, section 4). Opaque to everyone but us; no other service can be asked to accept it.
 */
import { randomBytes } from 'node:crypto'
import { SignJWT } from 'jose'
import { browserRefreshClaims, type BrowserRefreshClaims } from '#lib/core/claims'
import type { IssuedToken } from '#lib/core/ports'
import type { SessionView } from '#lib/core/records'
import { verifySignature } from './verify-token'

const KEY_ID = 'browser-refresh'

/** A jti: 32 hex digits, new in every token. */
export const newTokenId = () => randomBytes(16).toString('hex')

/** Runs to the absolute end of the session; its idle end is the row's alone to know. */
export async function signBrowserRefresh({ session, now }: SessionView, key: Buffer): Promise<IssuedToken> {
  const id = newTokenId()
  const claims = { sid: session.id, g: session.generation, token_type: 'refresh' }
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid: KEY_ID })
    .setAudience('latchkey:browser-refresh')
    .setJti(id)
    .setIssuedAt(now)
    .setExpirationTime(session.absoluteExpiresAt)
    .sign(key)
  return { token, id, issuedAt: now, expiresAt: session.absoluteExpiresAt }
}

/** The claims of a genuine token, or null. Its `exp` is not judged: the session's row is, and reuse comes before expiry. */
export async function verifyBrowserRefresh(token: string, key: Buffer): Promise<BrowserRefreshClaims | null> {
  const claims = await verifySignature(token, new Map([[KEY_ID, { alg: 'HS256', key }]]))
  return browserRefreshClaims.safeParse(claims).data ?? null
}
