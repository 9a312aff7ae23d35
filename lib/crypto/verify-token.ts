/**
 * The one helper that verifies our tokens (docs/security/requirements.md, TK-4 to TK-8): format, header, key, signature, in that order.
 * What the claims must say is for the callers, access-token.ts and refresh-token.ts; times are judged there too.
 */
import { compactVerify, decodeProtectedHeader, type CryptoKey } from 'jose'

/** The most characters a token may have: ours stay far below. */
const MAX_LENGTH = 4096
const COMPACT_JWS = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/
const HEADER_MEMBERS = new Set(['alg', 'typ', 'kid'])

export interface TrustedKey {
  alg: string
  key: CryptoKey | Uint8Array
}

/** The payload as JSON, proven to be ours and otherwise unchecked; null for anything that is not. `types`: what `typ` may say. */
export async function verifySignature(
  token: string,
  keys: ReadonlyMap<string, TrustedKey>,
  types: readonly string[] = ['JWT'],
): Promise<Record<string, unknown> | null> {
  if (!isCanonical(token)) return null
  try {
    const header = decodeProtectedHeader(token)
    // crit, jwk, jku, x5u and the like are instructions from a stranger: nothing but these three is read (TK-5).
    if (!Object.keys(header).every((member) => HEADER_MEMBERS.has(member)) || !types.includes(header.typ ?? ''))
      return null
    const trusted = keys.get(header.kid ?? '')
    if (!trusted || header.alg !== trusted.alg) return null
    const { payload } = await compactVerify(token, trusted.key, { algorithms: [trusted.alg] })
    const claims: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
    return isObject(claims) ? claims : null
  } catch {
    // Whatever a stranger's token makes the parsers throw, it is no token of ours.
    return null
  }
}

/** jose 6 accepts padding, blanks and spare bits; one token must have one spelling (TK-4). */
function isCanonical(token: string): boolean {
  if (token.length > MAX_LENGTH || !COMPACT_JWS.test(token)) return false
  return token.split('.').every((part) => Buffer.from(part, 'base64url').toString('base64url') === part)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
