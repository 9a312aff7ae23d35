/**
 * The one helper that verifies our tokens (docs/security/requirements.md, TK-4 to TK-8): format, header, key, signature, payload, in that order.
 * What the claims must say is for the callers, signed-token.ts and refresh-token.ts; times are judged there too.
 */
import { parseCanonicalJson } from './canonical-json'
import { parseCompactJws, signedPayload, type TrustedKey } from './compact-jws'

export type { TrustedKey }

const HEADER_MEMBERS = new Set(['alg', 'typ', 'kid'])

/**
 * The payload as JSON, proven to be ours and otherwise unchecked; null for anything that is not. Never throws.
 * `types`: what `typ` may say.
 */
export async function verifySignature(
  token: string,
  keys: ReadonlyMap<string, TrustedKey>,
  types: readonly string[] = ['JWT'],
): Promise<Record<string, unknown> | null> {
  const jws = parseCompactJws(token)
  const trusted = jws && trustedKey(parseCanonicalJson(jws.header), keys, types)
  const payload = trusted && (await signedPayload(jws, trusted))
  return payload && parseCanonicalJson(payload)
}

function trustedKey(
  header: Record<string, unknown> | null,
  keys: ReadonlyMap<string, TrustedKey>,
  types: readonly string[],
): TrustedKey | null {
  // crit, jwk, jku, x5u and the like are instructions from a stranger: nothing but these three is read (TK-5).
  if (!header || !Object.keys(header).every((member) => HEADER_MEMBERS.has(member))) return null
  if (typeof header.typ !== 'string' || !types.includes(header.typ)) return null
  const trusted = typeof header.kid === 'string' && keys.get(header.kid)
  return trusted && header.alg === trusted.alg ? trusted : null
}
