/** The keys that sign access tokens: made here, kept sealed in the database, named by their thumbprint (docs/design.md, section 7). */
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose'
import type { Algorithm } from '#lib/core/algorithms'
import { seal, unseal } from './sealed'

/** A key as the store keeps it. */
export interface StoredSigningKey {
  kid: string
  alg: string
  publicJwk: Record<string, unknown>
  sealedPrivate: string
}

export interface VerifyingKey {
  kid: string
  alg: string
  key: CryptoKey
}

/** A member of the public key set: what is in it tells how to check a signature and nothing else (KY-2). */
export type PublishedKey = Record<string, string>

const PUBLIC_MEMBERS = ['kty', 'crv', 'x', 'y', 'n', 'e'] as const

/** A new key pair, the private half sealed under `sealingKey`. The kid is its RFC 7638 thumbprint (KY-2). RSA keys have 3072 bits. */
export async function makeSigningKey(
  sealingKey: Buffer,
  alg: Exclude<Algorithm, `HS${string}`> = 'ES256',
): Promise<StoredSigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 3072 })
  const publicJwk = publicHalf(await exportJWK(publicKey))
  const kid = await calculateJwkThumbprint(publicJwk)
  // A command line would take it for an option.
  if (kid.startsWith('-')) return makeSigningKey(sealingKey, alg)
  const sealedPrivate = seal(sealingKey, kid, JSON.stringify(await exportJWK(privateKey)))
  return { kid, alg, publicJwk, sealedPrivate }
}

export async function openVerifyingKey({ kid, alg, publicJwk }: Omit<StoredSigningKey, 'sealedPrivate'>) {
  return { kid, alg, key: (await importJWK(publicJwk as JWK, alg)) as CryptoKey }
}

/** The private half. Throws when it was sealed under another AUTH_SECRET. */
export async function openSigningKey(stored: StoredSigningKey, sealingKey: Buffer): Promise<VerifyingKey> {
  const jwk = JSON.parse(unseal(sealingKey, stored.kid, stored.sealedPrivate)) as JWK
  return { kid: stored.kid, alg: stored.alg, key: (await importJWK(jwk, stored.alg)) as CryptoKey }
}

/**
 * The same private half, sealed under another key. Takes what is under either: another server may have sealed it meanwhile. What opens
 * under neither stays as it is; whether that matters is for whoever would sign with it.
 */
export function resealed(kid: string, sealed: string, { from, to }: { from: Buffer; to: Buffer }): string {
  if (opens(to, kid, sealed) || !opens(from, kid, sealed)) return sealed
  return seal(to, kid, unseal(from, kid, sealed))
}

function opens(key: Buffer, kid: string, sealed: string): boolean {
  try {
    unseal(key, kid, sealed)
    return true
  } catch {
    return false
  }
}

export function published({ kid, alg, publicJwk }: Omit<StoredSigningKey, 'sealedPrivate'>): PublishedKey {
  return { ...publicHalf(publicJwk), use: 'sig', alg, kid }
}

/** Nothing that was not asked for: a private member in a key set would be the end of it. */
function publicHalf(jwk: JWK | Record<string, unknown>): Record<string, string> {
  const members = PUBLIC_MEMBERS.map((name) => [name, jwk[name]] as const)
  return Object.fromEntries(
    members.filter((member): member is [(typeof member)[0], string] => typeof member[1] === 'string'),
  )
}
