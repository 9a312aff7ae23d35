import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { ALGORITHMS, isHmac, type Algorithm } from '#lib/core/algorithms'
import { StartError } from '#lib/core/start-error'
import { openGivenKeys, openHmacKeys } from './given-keys'
import { verifySignature } from './verify-token'

type Pair = { privateKey: KeyObject; publicKey: KeyObject }
const ec = (namedCurve: string): Pair => generateKeyPairSync('ec', { namedCurve })
const rsa = (modulusLength: number): Pair => generateKeyPairSync('rsa', { modulusLength })
const pairs = {
  p256: ec('P-256'),
  p384: ec('P-384'),
  p521: ec('P-521'),
  k256: ec('secp256k1'),
  ed25519: generateKeyPairSync('ed25519') as Pair,
  ed448: generateKeyPairSync('ed448') as Pair,
  rsa: rsa(2048),
  short: rsa(1024),
}
const another = ec('P-256')

const pkcs8 = ({ privateKey }: Pair) => privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const spki = ({ publicKey }: Pair) => publicKey.export({ type: 'spki', format: 'pem' }).toString()
const given = (algorithm: Algorithm, signingKey: string | null, verifyingKey: string | null = null) =>
  openGivenKeys({ algorithm, signingKey, verifyingKey })
const fitting = (algorithm: string): Pair => {
  if (algorithm === 'EdDSA') return pairs.ed25519
  if (algorithm.startsWith('ES')) return { ES256: pairs.p256, ES384: pairs.p384, ES512: pairs.p521 }[algorithm] as Pair
  return pairs.rsa
}

async function opened(...input: Parameters<typeof given>) {
  const keys = await given(...input)
  if (!keys) throw new Error('No key was given.')
  return keys
}

const asymmetric = ALGORITHMS.filter((algorithm) => !isHmac(algorithm))

describe('keys of the settings', () => {
  test('without any there are none', async () => {
    expect(await given('ES256', null)).toBeNull()
    expect(await given('HS256', 'a secret is for openHmacKeys', null)).toBeNull()
  })

  test.each(asymmetric)('%s signs what its public half verifies, under that very name', async (algorithm) => {
    const pair = fitting(algorithm)
    const { signer, verifiers, published } = await opened(algorithm, pkcs8(pair), spki(pair))
    if (!signer) throw new Error('There is no signer.')
    const header = { alg: algorithm, typ: 'JWT', kid: signer.kid }
    const token = await new SignJWT({ a: 1 }).setProtectedHeader(header).sign(signer.key)
    expect(JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).alg).toBe(algorithm)
    expect(await verifySignature(token, verifiers)).toEqual({ a: 1 })
    expect(published).toEqual([expect.objectContaining({ alg: algorithm, use: 'sig', kid: signer.kid })])
    for (const member of Object.keys(published[0] ?? {}))
      expect(['kty', 'crv', 'x', 'y', 'n', 'e', 'use', 'alg', 'kid']).toContain(member)
  })

  test.each<[string, Algorithm, string]>([
    ['PKCS#8', 'ES256', pkcs8(pairs.p256)],
    ['SEC1', 'ES256', pairs.p256.privateKey.export({ type: 'sec1', format: 'pem' }).toString()],
    ['PKCS#1', 'RS256', pairs.rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()],
    ['new lines written as \\n', 'ES256', pkcs8(pairs.p256).replaceAll('\n', '\\n')],
    ['blanks around', 'ES256', `\n ${pkcs8(pairs.p256)} \n`],
  ])('a private key is read: %s', async (_, algorithm, pem) => {
    const { signer, verifiers } = await opened(algorithm, pem)
    expect([...verifiers.keys()]).toEqual([signer?.kid])
  })

  test('the public half alone verifies and does not sign; PKCS#1 will do', async () => {
    const pem = pairs.rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString()
    const { signer, verifiers, published } = await opened('PS256', null, pem)
    expect(signer).toBeNull()
    expect(verifiers.size).toBe(1)
    expect(published).toHaveLength(1)
  })

  const encrypted = pairs.p256.privateKey
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
    .toString()
  test.each<[string, Algorithm, string | null, string | null, RegExp]>([
    ['a pair that is none', 'ES256', pkcs8(pairs.p256), spki(another), /^JWT_VERIFYING_KEY is not the public half/],
    ['another curve', 'ES256', pkcs8(pairs.p384), null, /^JWT_SIGNING_KEY must be a key on the curve P-256/],
    ['a curve of Bitcoin', 'ES256', pkcs8(pairs.k256), null, /^JWT_SIGNING_KEY must be a key on the curve P-256/],
    [
      'another curve for checking',
      'ES512',
      null,
      spki(pairs.p256),
      /^JWT_VERIFYING_KEY must be a key on the curve P-521/,
    ],
    ['RSA for ES', 'ES256', pkcs8(pairs.rsa), null, /^JWT_SIGNING_KEY must be a key on the curve P-256/],
    ['a curve for RS', 'RS256', pkcs8(pairs.p256), null, /^JWT_SIGNING_KEY must be an RSA key/],
    ['Ed448', 'EdDSA', pkcs8(pairs.ed448), null, /^JWT_SIGNING_KEY must be an Ed25519 key/],
    ['short RSA', 'RS256', pkcs8(pairs.short), null, /^JWT_SIGNING_KEY has 1024 bits/],
    ['short RSA for checking', 'PS512', null, spki(pairs.short), /^JWT_VERIFYING_KEY has 1024 bits/],
    [
      'a secret',
      'ES256',
      'a django secret of fifty characters, or so it seems',
      null,
      /^JWT_SIGNING_KEY must be a private key in PEM/,
    ],
    ['an encrypted key', 'ES256', encrypted, null, /^JWT_SIGNING_KEY must not be encrypted/],
    ['a public key to sign with', 'ES256', spki(pairs.p256), null, /^JWT_SIGNING_KEY is no private key/],
    ['a private key to check with', 'ES256', null, pkcs8(pairs.p256), /^JWT_VERIFYING_KEY is a private key/],
    ['half a key', 'ES256', pkcs8(pairs.p256).slice(0, 80), null, /^JWT_SIGNING_KEY is no private key/],
    ['no key to check with', 'ES256', null, 'nothing', /^JWT_VERIFYING_KEY is no public key/],
  ])('%s stops the start, by name and without the key', async (_, algorithm, signing, verifying, words) => {
    const error: unknown = await given(algorithm, signing, verifying).catch((fault: unknown) => fault)
    if (!(error instanceof StartError)) throw new Error('The start was not stopped.')
    expect(error.problem).toMatch(words)
    const inside = (signing ?? verifying ?? '').replace(/-----[^-]+-----/g, '').trim()
    for (const line of inside.split('\n').filter(({ length }) => length > 10))
      expect(`${error.message} ${error.stack}`).not.toContain(line)
    expect(error.cause).toBeUndefined()
  })
})

describe('the secret of HS256 and its kin', () => {
  const sign = async (alg: string, kid: string, key: Parameters<SignJWT['sign']>[0]) =>
    new SignJWT({ a: 1 }).setProtectedHeader({ alg, typ: 'JWT', kid }).sign(key)

  test.each(['HS256', 'HS384', 'HS512'] as const)('%s: the first signs, all verify, none is published', async (alg) => {
    const [now, before] = [Buffer.alloc(64, 1), Buffer.alloc(64, 2)] as const
    const ring = await openHmacKeys(alg, [now, before])
    const former = await openHmacKeys(alg, [before])
    if (!ring.signer || !former.signer) throw new Error('There is no signer.')
    for (const { kid, key } of [ring.signer, former.signer])
      expect(await verifySignature(await sign(alg, kid, key), ring.verifiers)).toEqual({ a: 1 })
    expect(ring.published).toEqual([])
    expect(await verifySignature(await sign(alg, ring.signer.kid, ring.signer.key), former.verifiers)).toBeNull()
  })

  test('TK-3 no asymmetric key verifies beside it, and the public key is no secret', async () => {
    const ring = await openHmacKeys('HS256', [Buffer.alloc(32, 1)])
    const { signer } = await opened('ES256', pkcs8(pairs.p256))
    if (!signer || !ring.signer) throw new Error('There is no signer.')
    expect(await verifySignature(await sign('ES256', signer.kid, signer.key), ring.verifiers)).toBeNull()
    expect(await verifySignature(await sign('ES256', ring.signer.kid, signer.key), ring.verifiers)).toBeNull()
    // RFC 8725, 2.1: an HMAC under the public key, with the header to match.
    const { verifiers } = await opened('ES256', pkcs8(pairs.p256))
    const pem = Buffer.from(createPublicKey(pairs.p256.privateKey).export({ type: 'spki', format: 'pem' }))
    expect(await verifySignature(await sign('HS256', signer.kid, pem), verifiers)).toBeNull()
  })
})
