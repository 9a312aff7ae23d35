/**
 * Verifying with a memory: the signature of a token is checked once per instance and not at each request (docs/design.md, section 5).
 * Only what was genuine is remembered, with the key that proved it: a key that has left the ring, or was replaced, proves nothing any more.
 * Times and claims are judged anew each time by the callers.
 */
import { verifySignature, type TrustedKey } from './verify-token'

export type VerifySignature = typeof verifySignature

interface Proof {
  kid: string
  key: TrustedKey
  typ: string
  claims: Readonly<Record<string, unknown>>
}

/** Two or three kB each. */
const DEFAULT_LIMIT = 10_000

export function rememberingVerifier(limit = DEFAULT_LIMIT, verify: VerifySignature = verifySignature): VerifySignature {
  /** Oldest use first. */
  const proofs = new Map<string, Proof>()

  return async (token, keys, types = ['JWT']) => {
    const proof = proofs.get(token)
    if (proof && keys.get(proof.kid) === proof.key && types.includes(proof.typ)) {
      proofs.delete(token)
      proofs.set(token, proof)
      return proof.claims
    }
    proofs.delete(token)
    const claims = await verify(token, keys, types)
    if (claims) remember(token, keys, claims)
    return claims
  }

  function remember(token: string, keys: ReadonlyMap<string, TrustedKey>, claims: Record<string, unknown>): void {
    // The header of a token that has just been verified is ours, and has both.
    const { kid, typ } = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as Proof
    const key = keys.get(kid)
    if (!key) return
    proofs.set(token, { kid, key, typ, claims: Object.freeze(claims) })
    for (const oldest of proofs.keys()) {
      if (proofs.size <= limit) return
      proofs.delete(oldest)
    }
  }
}
