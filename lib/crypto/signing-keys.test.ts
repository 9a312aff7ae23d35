/** Keys of our own, in every algorithm that can be set: what is kept, what is published, and tokens signed and read with them. */
import { constants, createHash, createPublicKey, verify, type JsonWebKey } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { ALGORITHMS, isHmac, type Algorithm, type HmacAlgorithm } from '#lib/core/algorithms'
import { days, minutes } from '#lib/core/duration'
import { contractShape } from '#lib/core/token-shape'
import { aView } from '#lib/testing/builders'
import { later, START } from '#lib/testing/fixed-clock'
import { ISSUER } from '#lib/testing/test-tokens'
import { readAccessToken, readApiRefreshToken } from './signed-token'
import { makeSigningKey, openSigningKey, openVerifyingKey, published, resealed } from './signing-keys'
import { createTokenMint } from './token-mint'

type Asymmetric = Exclude<Algorithm, HmacAlgorithm>

const sealing = Buffer.alloc(32, 3)
const view = aView({ session: { kind: 'api' } })
const asymmetric = ALGORITHMS.filter((algorithm): algorithm is Asymmetric => !isHmac(algorithm))

/** The members that tell how to check a signature, and those the thumbprint of RFC 7638 is made of: all but what names the use. */
const EC = { members: ['crv', 'kty', 'x', 'y'], facts: { kty: 'EC' } }
const RSA = { members: ['e', 'kty', 'n'], facts: { kty: 'RSA', e: 'AQAB' } }
const kinds: Record<Asymmetric, { members: string[]; facts: object }> = {
  ES256: { ...EC, facts: { ...EC.facts, crv: 'P-256' } },
  ES384: { ...EC, facts: { ...EC.facts, crv: 'P-384' } },
  ES512: { ...EC, facts: { ...EC.facts, crv: 'P-521' } },
  EdDSA: { members: ['crv', 'kty', 'x'], facts: { kty: 'OKP', crv: 'Ed25519' } },
  ...{ RS256: RSA, RS384: RSA, RS512: RSA, PS256: RSA, PS384: RSA, PS512: RSA },
}

/** Made once: one of RSA takes a second. */
const made = new Map<Asymmetric, ReturnType<typeof makeSigningKey>>()
const keyOf = (algorithm: Asymmetric) => {
  const key = made.get(algorithm) ?? makeSigningKey(sealing, algorithm)
  made.set(algorithm, key)
  return key
}

/** By OpenSSL, which knows nothing of how it was signed. */
function checks(algorithm: Asymmetric, jwk: JsonWebKey, token: string): boolean {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  const given = algorithm.startsWith('PS')
    ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : { key, dsaEncoding: 'ieee-p1363' as const }
  const hash = algorithm === 'EdDSA' ? null : `sha${algorithm.slice(2)}`
  return verify(hash, Buffer.from(`${header}.${payload}`), given, Buffer.from(signature, 'base64url'))
}

async function opened(algorithm: Asymmetric) {
  const stored = await keyOf(algorithm)
  const tokens = {
    issuer: ISSUER,
    shape: contractShape,
    signer: await openSigningKey(stored, sealing),
    verifiers: new Map([[stored.kid, await openVerifyingKey(stored)]]),
  }
  const lives = { accessLifeMs: minutes(10), apiRefreshLifeMs: days(1) }
  const mint = createTokenMint({ tokens: () => tokens, browserRefreshKey: Buffer.alloc(32, 9), ...lives })
  return { stored, tokens, mint }
}

const headerOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())

describe.each(asymmetric)('a key of our own for %s', (algorithm) => {
  test(
    'KY-1, KY-2 is published as what it is, with no private member, under its thumbprint',
    { timeout: 60_000 },
    async () => {
      const stored = await keyOf(algorithm)
      const { members, facts } = kinds[algorithm]
      const member = published(stored)
      expect(member).toMatchObject({ ...facts, use: 'sig', alg: algorithm, kid: stored.kid })
      expect(Object.keys(member).sort()).toEqual([...members, 'alg', 'kid', 'use'].sort())
      expect(Object.keys(stored.publicJwk).sort()).toEqual(members)
      const ordered = Object.fromEntries(members.map((name) => [name, member[name]]))
      expect(stored.kid).toBe(createHash('sha256').update(JSON.stringify(ordered)).digest('base64url'))
      if (member.n) expect(Buffer.from(member.n, 'base64url')).toHaveLength(3072 / 8)
    },
  )

  test(
    'signs tokens that its public half and our readers take, each in its own place',
    { timeout: 60_000 },
    async () => {
      const { stored, tokens, mint } = await opened(algorithm)
      const [access, refresh] = [(await mint.access(view)).token, (await mint.refresh(view)).token]
      for (const token of [access, refresh]) {
        expect(headerOf(token)).toEqual({ alg: algorithm, typ: 'JWT', kid: stored.kid })
        expect(checks(algorithm, published(stored), token)).toBe(true)
      }
      const claims = { user_id: view.user.id, sid: view.session.id }
      expect(await readAccessToken(access, START, tokens)).toMatchObject({ kind: 'ok', claims })
      expect(await readApiRefreshToken(refresh, START, tokens)).toMatchObject({ kind: 'ok', claims })
      expect(await readAccessToken(refresh, START, tokens)).toMatchObject({ fault: 'wrong-type' })
      expect(await readAccessToken(access, later(START, minutes(10)), tokens)).toMatchObject({ fault: 'expired' })
      const cut = access.lastIndexOf('.') + 1
      const changed = `${access.slice(0, cut)}${access[cut] === 'A' ? 'B' : 'A'}${access.slice(cut + 1)}`
      expect(await readAccessToken(changed, START, tokens)).toMatchObject({ fault: 'invalid' })
    },
  )
})

test('sealed anew a key opens under the new secret alone; what opens under neither stays as it is', async () => {
  const [from, to, third] = [sealing, Buffer.alloc(32, 4), Buffer.alloc(32, 5)]
  const stored = await keyOf('ES256')
  const sealedPrivate = resealed(stored.kid, stored.sealedPrivate, { from, to })
  expect((await openSigningKey({ ...stored, sealedPrivate }, to)).kid).toBe(stored.kid)
  await expect(openSigningKey({ ...stored, sealedPrivate }, from)).rejects.toThrow()
  expect(resealed(stored.kid, sealedPrivate, { from, to })).toBe(sealedPrivate)
  expect(resealed(stored.kid, stored.sealedPrivate, { from: third, to })).toBe(stored.sealedPrivate)
})
