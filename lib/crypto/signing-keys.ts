/** The keys that sign access tokens: made here, kept sealed in the database, named by their thumbprint (docs/design.md, section 7). */
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose'
import { seal, unseal } from './sealed'

export const SIGNING_ALGORITHM = 'ES256'

/** A key as the store keeps it. */
export interface StoredSigningKey {
  kid: string
  alg: string
  publicJwk: JWK
  sealedPrivate: string
}

export interface VerifyingKey {
  kid: string
  alg: string
  key: CryptoKey
}

/** A new key pair, the private half sealed under `sealingKey`. The kid is its RFC 7638 thumbprint (KY-2). */
export async function makeSigningKey(sealingKey: Buffer): Promise<StoredSigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(SIGNING_ALGORITHM, { extractable: true })
  const publicJwk = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(publicJwk)
  const sealedPrivate = seal(sealingKey, kid, JSON.stringify(await exportJWK(privateKey)))
  return { kid, alg: SIGNING_ALGORITHM, publicJwk, sealedPrivate }
}

export async function openVerifyingKey({ kid, alg, publicJwk }: StoredSigningKey): Promise<VerifyingKey> {
  return { kid, alg, key: (await importJWK(publicJwk, alg)) as CryptoKey }
}

/** The private half. Throws when it was sealed under another AUTH_SECRET. */
export async function openSigningKey(stored: StoredSigningKey, sealingKey: Buffer): Promise<VerifyingKey> {
  const jwk = JSON.parse(unseal(sealingKey, stored.kid, stored.sealedPrivate)) as JWK
  return { kid: stored.kid, alg: stored.alg, key: (await importJWK(jwk, stored.alg)) as CryptoKey }
}
