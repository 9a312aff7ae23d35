/** TK-14: every hostile token at every reader. The genuine token among them is taken, so that the others are refused for what is wrong with them. */
import { generateKeyPairSync } from 'node:crypto'
import { importJWK, type CryptoKey } from 'jose'
import { describe, expect, test } from 'vitest'
import { days, minutes } from '#lib/core/duration'
import { aView } from '#lib/testing/builders'
import { later, START } from '#lib/testing/fixed-clock'
import { twin, type Hostile } from '#lib/testing/hostile/forge'
import { hostileBrowserRefresh, hostileSigned, resigned, type RealKeys } from '#lib/testing/hostile/hostile-tokens'
import { contractShape } from '#lib/core/token-shape'
import { signBrowserRefresh, verifyBrowserRefresh } from './refresh-token'
import { readAccessToken, readApiRefreshToken, signToken, type SignedTokenSettings } from './signed-token'

const keys: RealKeys = {
  kid: 'ours',
  ...generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  browserRefreshKey: Buffer.alloc(32, 9),
}
const open = async (key: RealKeys['privateKey']) =>
  (await importJWK(key.export({ format: 'jwk' }), 'ES256')) as CryptoKey
const settings: SignedTokenSettings = {
  issuer: 'http://localhost:3000',
  shape: contractShape,
  signer: { kid: keys.kid, alg: 'ES256', key: await open(keys.privateKey) },
  verifiers: new Map([[keys.kid, { kid: keys.kid, alg: 'ES256', key: await open(keys.publicKey) }]]),
}
const now = Math.floor(START.getTime() / 1000)

const view = aView({ session: { kind: 'api', generation: 3 } })
const tokens = {
  access: await signToken('access', view, later(START, minutes(10)), settings),
  apiRefresh: await signToken('refresh', view, later(START, days(1)), settings),
  browserRefresh: await signBrowserRefresh(aView({ session: { generation: 3 } }), keys.browserRefreshKey),
}
/** The claims a reader takes a token for; null for none. */
const readers = {
  access: async (token: string) => claimsOf(await readAccessToken(token, START, settings)),
  apiRefresh: async (token: string) => claimsOf(await readApiRefreshToken(token, START, settings)),
  browserRefresh: (token: string) => verifyBrowserRefresh(token, keys.browserRefreshKey),
}
const claimsOf = (reading: { kind: 'ok'; claims: object } | { kind: 'fault' }) =>
  reading.kind === 'ok' ? reading.claims : null
const payloadOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())

const accessClaims = payloadOf(tokens.access.token)
const suites: [keyof typeof readers, Hostile[]][] = [
  ['access', hostileSigned(accessClaims, keys, now)],
  ['apiRefresh', hostileSigned(payloadOf(tokens.apiRefresh.token), keys, now)],
  ['browserRefresh', hostileBrowserRefresh(payloadOf(tokens.browserRefresh.token), keys)],
]

describe.each(suites)('%s', (kind, hostile) => {
  const read = readers[kind]
  const genuine = tokens[kind].token

  test('the genuine token is taken, and so is the same made by hand', async () => {
    expect(await read(genuine)).toMatchObject({ sid: payloadOf(genuine).sid })
    expect(await read(resigned(payloadOf(genuine), keys))).toMatchObject({ sid: payloadOf(genuine).sid })
  })

  test(`${hostile.length} hostile tokens, each of a name of its own, none the genuine one`, () => {
    expect(new Set(hostile.map(([name]) => name)).size).toBe(hostile.length)
    expect(hostile.map(([, token]) => token)).not.toContain(genuine)
    expect(hostile.length).toBeGreaterThan(200)
  })

  test.each(hostile)('%s is refused', async (_, token) => {
    for (const [, other] of Object.entries(readers)) expect(await other(token)).toBeNull()
  })
})

test('TK-10: the twin of a signature says the same and names the same session and tag', async () => {
  for (const [kind, { token }] of Object.entries(tokens).slice(0, 2) as [
    'access' | 'apiRefresh',
    { token: string },
  ][]) {
    expect(twin(token)).not.toBe(token)
    expect(twin(twin(token))).toBe(token)
    const claims = await readers[kind](token)
    expect(claims).not.toBeNull()
    expect(await readers[kind](twin(token))).toEqual(claims)
  }
})
