/**
 * A compact JWS and its signature: one spelling (docs/security/requirements.md, TK-4), one key, one algorithm (TK-6).
 * Which headers, keys and payloads are ours is for verify-token.ts to say; the standards' test vectors are held against this part,
 * since every one of them would fall at our own rules before its signature was looked at.
 */
import { compactVerify, type CryptoKey } from 'jose'

/** The most characters a token may have: ours stay far below. */
const MAX_LENGTH = 4096
const COMPACT_JWS = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/

export interface TrustedKey {
  alg: string
  key: CryptoKey | Uint8Array
}

/** Well formed, and nothing more: the header's bytes are a stranger's until signedPayload has answered. */
export interface CompactJws {
  token: string
  header: Uint8Array
}

/** Null unless each part is there and is spelled as we would spell it: jose 6 accepts padding, blanks and spare bits. */
export function parseCompactJws(token: unknown): CompactJws | null {
  if (typeof token !== 'string' || token.length > MAX_LENGTH || !COMPACT_JWS.test(token)) return null
  const parts = token.split('.').map((part) => ({ part, bytes: Buffer.from(part, 'base64url') }))
  const canonical = parts.every(({ part, bytes }) => bytes.toString('base64url') === part)
  return canonical && parts[0] ? { token, header: parts[0].bytes } : null
}

/** The payload's bytes if this very key signed them with its one algorithm; null if not, whatever the reason. */
export async function signedPayload({ token }: CompactJws, { alg, key }: TrustedKey): Promise<Uint8Array | null> {
  if (isShortSecret(alg, key)) return null
  try {
    return (await compactVerify(token, key, { algorithms: [alg] })).payload
  } catch {
    // Whatever a stranger's token makes the parsers throw, it is not signed by this key.
    return null
  }
}

/** Of HS256 a secret under 256 bits, and so on: it could be guessed from one token (RFC 7518, section 3.2; TK-3). jose takes any. */
function isShortSecret(alg: string, key: CryptoKey | Uint8Array): boolean {
  return key instanceof Uint8Array && key.byteLength * 8 < Number(alg.slice(2))
}
