/**
 * Keys that come from the settings instead of the database: JWT_SIGNING_KEY and JWT_VERIFYING_KEY in PEM, or the one secret of HS256
 * and its kin. Judged before anything is opened; a fault names the setting and never shows what is in it.
 */
import { createHash, createPrivateKey, createPublicKey, webcrypto, type KeyObject } from 'node:crypto'
import { calculateJwkThumbprint, importJWK, type CryptoKey, type JWK } from 'jose'
import { isHmac, type Algorithm, type HmacAlgorithm } from '#lib/core/algorithms'
import { StartError } from '#lib/core/start-error'
import type { RingKeys } from './key-ring'
import { openVerifyingKey, published } from './signing-keys'

export interface GivenSettings {
  algorithm: Algorithm
  signingKey: string | null
  verifyingKey: string | null
}

type Asymmetric = Exclude<Algorithm, HmacAlgorithm>

const CURVES: Record<string, string> = { ES256: 'prime256v1', ES384: 'secp384r1', ES512: 'secp521r1' }
const CURVE_NAMES: Record<string, string> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }
const LEAST_BITS = 2048

/** Null: no key is given, the database's are used. With the private half alone the public one is worked out. */
export async function openGivenKeys({ algorithm, signingKey, verifyingKey }: GivenSettings): Promise<RingKeys | null> {
  if (isHmac(algorithm) || (signingKey === null && verifyingKey === null)) return null
  const privateKey = signingKey === null ? null : parsePrivate(signingKey, algorithm)
  const publicKey = verifyingKey === null ? null : parsePublic(verifyingKey)
  if (publicKey) checkFits('JWT_VERIFYING_KEY', publicKey, algorithm)
  if (privateKey && publicKey && !createPublicKey(privateKey).equals(publicKey))
    throw fault('JWT_VERIFYING_KEY is not the public half of JWT_SIGNING_KEY.')

  const publicJwk = (publicKey ?? createPublicKey(privateKey as KeyObject)).export({ format: 'jwk' }) as JWK
  const kid = await calculateJwkThumbprint(publicJwk)
  const half = { kid, alg: algorithm, publicJwk: publicJwk as Record<string, unknown> }
  const verifier = await openVerifyingKey(half)
  const privateJwk = privateKey?.export({ format: 'jwk' }) as JWK | undefined
  const signer = privateJwk ? { kid, alg: algorithm, key: (await importJWK(privateJwk, algorithm)) as CryptoKey } : null
  return { signer, verifiers: new Map([[kid, verifier]]), published: [published(half)] }
}

/** The first secret signs, all of them verify; none is published. `kid` tells them apart and gives no secret away. */
export async function openHmacKeys(algorithm: HmacAlgorithm, secrets: [Buffer, ...Buffer[]]): Promise<RingKeys> {
  const hash = `SHA-${algorithm.slice(2)}`
  const open = async (secret: Buffer) => {
    const key = await webcrypto.subtle.importKey('raw', secret, { name: 'HMAC', hash }, false, ['sign', 'verify'])
    const kid = createHash('sha256').update('latchkey kid\0').update(secret).digest('hex').slice(0, 16)
    return { kid, alg: algorithm, key: key as CryptoKey }
  }
  const [signer, ...others] = await Promise.all(secrets.map(open))
  if (!signer) throw new Error('There is no secret to sign with.')
  return { signer, verifiers: new Map([signer, ...others].map((key) => [key.kid, key])), published: [] }
}

function parsePrivate(text: string, algorithm: Asymmetric): KeyObject {
  const pem = unescaped(text)
  if (!pem.includes('-----BEGIN'))
    throw fault(
      `JWT_SIGNING_KEY must be a private key in PEM for JWT_ALGORITHM=${algorithm}; a secret is for HS256, HS384 or HS512.`,
    )
  if (/ENCRYPTED/.test(pem))
    throw fault('JWT_SIGNING_KEY must not be encrypted: there is nobody to ask for a passphrase.')
  const key = attempt(() => createPrivateKey(pem))
  if (!key) throw fault('JWT_SIGNING_KEY is no private key in PEM (PKCS#8, SEC1 or PKCS#1) that can be read.')
  checkFits('JWT_SIGNING_KEY', key, algorithm)
  return key
}

function parsePublic(text: string): KeyObject {
  const pem = unescaped(text)
  // Node would take the public half out of it, and a private key would lie where nobody guards it.
  if (/PRIVATE KEY/.test(pem)) throw fault('JWT_VERIFYING_KEY is a private key; it must be the public half alone.')
  const key = /-----BEGIN (RSA )?PUBLIC KEY-----/.test(pem) ? attempt(() => createPublicKey(pem)) : null
  if (!key) throw fault('JWT_VERIFYING_KEY is no public key in PEM (SPKI or PKCS#1) that can be read.')
  return key
}

function checkFits(name: string, key: KeyObject, algorithm: Asymmetric): void {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key
  const refuse = (wanted: string) => fault(`${name} must be ${wanted} for JWT_ALGORITHM=${algorithm}.`)
  if (algorithm === 'EdDSA') {
    if (type !== 'ed25519') throw refuse('an Ed25519 key')
  } else if (algorithm.startsWith('ES')) {
    if (type !== 'ec' || details?.namedCurve !== CURVES[algorithm])
      throw refuse(`a key on the curve ${CURVE_NAMES[algorithm]}`)
  } else if (type !== 'rsa') throw refuse('an RSA key')
  else if ((details?.modulusLength ?? 0) < LEAST_BITS)
    throw fault(`${name} has ${details?.modulusLength} bits; an RSA key must have at least ${LEAST_BITS}, better 3072.`)
}

/** A .env file keeps a key on one line. */
const unescaped = (text: string) => text.replaceAll('\\n', '\n').trim()

/** OpenSSL's errors say nothing that helps, and could quote what they were given. */
function attempt(read: () => KeyObject): KeyObject | null {
  try {
    return read()
  } catch {
    return null
  }
}

const fault = (problem: string) =>
  new StartError(
    problem,
    'Correct the setting, or unset it and let Latchkey make and rotate the keys (docs/guides/keys.md).',
  )
