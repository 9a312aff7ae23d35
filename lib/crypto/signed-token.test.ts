import { SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { days, minutes } from '#lib/core/duration'
import { aView } from '#lib/testing/builders'
import { later, START } from '#lib/testing/fixed-clock'
import { ISSUER, testKeys } from '#lib/testing/test-tokens'
import { contractShape } from '#lib/core/token-shape'
import { signBrowserRefresh, verifyBrowserRefresh } from './refresh-token'
import { readAccessToken, readApiRefreshToken, signToken } from './signed-token'
import { makeSigningKey, openSigningKey, openVerifyingKey } from './signing-keys'
import { createTokenMint } from './token-mint'

const settings = await testKeys()
const { signer } = settings
const at = Math.floor(START.getTime() / 1000)
const browserKey = Buffer.alloc(32, 9)
const view = aView({ session: { kind: 'api', generation: 3 } })
const browserView = aView({ session: { generation: 3 } })

const genuine = {
  iss: ISSUER,
  sub: view.user.id,
  sid: view.session.id,
  g: 3,
  jti: 'ab'.repeat(16),
  iat: at,
  exp: at + 600,
  user_id: view.user.id,
  token_type: 'access',
}

/** Claims of our choice under our own key: what only a fault of ours could have signed. */
const signed = (over: Record<string, unknown>) => {
  const claims = Object.fromEntries(Object.entries({ ...genuine, ...over }).filter(([, value]) => value !== undefined))
  return new SignJWT(claims).setProtectedHeader({ alg: signer.alg, typ: 'JWT', kid: signer.kid }).sign(signer.key)
}
const readAccess = async (over: Record<string, unknown>, now = START) =>
  readAccessToken(await signed(over), now, settings)
const faultOf = async (over: Record<string, unknown>, now = START) => {
  const reading = await readAccess(over, now)
  return reading.kind === 'fault' ? reading.fault : 'ok'
}
const payloadOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
const headerOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())

describe('TK-7: the times of a token', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['good until the second before exp', { exp: at + 1 }, 'ok'],
    ['expired in the very second of exp', { exp: at }, 'expired'],
    ['expired long ago', { exp: 0 }, 'expired'],
    ['no exp', { exp: undefined }, 'no-exp'],
    ['exp as text', { exp: String(at + 600) }, 'invalid'],
    ['exp as a fraction', { exp: at + 0.5 }, 'invalid'],
    ['exp as a list', { exp: [at + 600] }, 'invalid'],
    ['exp of null', { exp: null }, 'invalid'],
    ['exp of true', { exp: true }, 'invalid'],
    ['exp beyond every date', { exp: 1e300 }, 'invalid'],
    ['exp below zero', { exp: -1 }, 'expired'],
    ['iat 30 s ahead', { iat: at + 30 }, 'ok'],
    ['iat 31 s ahead', { iat: at + 31 }, 'invalid'],
    ['iat as text', { iat: String(at) }, 'invalid'],
    ['iat as a fraction', { iat: at - 0.5 }, 'invalid'],
    ['iat as a list', { iat: [at] }, 'invalid'],
    ['iat of null', { iat: null }, 'invalid'],
    ['iat below zero', { iat: -1 }, 'invalid'],
    ['no iat', { iat: undefined }, 'invalid'],
    ['nbf past', { nbf: at - 1 }, 'ok'],
    ['nbf 30 s ahead', { nbf: at + 30 }, 'ok'],
    ['nbf 31 s ahead', { nbf: at + 31 }, 'invalid'],
    ['nbf as text', { nbf: String(at) }, 'invalid'],
    ['nbf as a fraction', { nbf: at - 0.5 }, 'invalid'],
    ['nbf as a list', { nbf: [at] }, 'invalid'],
    ['nbf of null', { nbf: null }, 'invalid'],
    ['nbf of true', { nbf: true }, 'invalid'],
    ['nbf of an object', { nbf: {} }, 'invalid'],
    ['not yet valid stands before expired', { iat: at + 31, exp: at }, 'invalid'],
  ])('%s', async (_, over, outcome) => expect(await faultOf(over)).toBe(outcome))

  test('are judged on the clock that is given, to the second', async () => {
    expect(await faultOf({}, later(START, minutes(10) - 1))).toBe('ok')
    expect(await faultOf({}, later(START, minutes(10)))).toBe('expired')
  })
})

describe('TK-7, F5: odd claims under our own signature', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['another issuer', { iss: 'https://evil.example' }, 'invalid'],
    ['an issuer with a slash more', { iss: `${ISSUER}/` }, 'invalid'],
    ['the issuer in a list', { iss: [ISSUER] }, 'invalid'],
    ['no issuer', { iss: undefined }, 'invalid'],
    ['no jti', { jti: undefined }, 'no-id'],
    ['an empty jti', { jti: '' }, 'invalid'],
    ['jti of null', { jti: null }, 'invalid'],
    ['no type', { token_type: undefined }, 'no-type'],
    ['type of null', { token_type: null }, 'wrong-type'],
    ['an unknown type', { token_type: 'sliding' }, 'wrong-type'],
    ['the type in capitals', { token_type: 'ACCESS' }, 'wrong-type'],
    ['the type in a list', { token_type: ['access'] }, 'wrong-type'],
    ['no user', { user_id: undefined }, 'no-user'],
    [
      'token-api 6: the wrong type stands before the missing user',
      { user_id: undefined, token_type: 'x' },
      'wrong-type',
    ],
    ['an empty user', { user_id: '' }, 'invalid'],
    ['a number as user', { user_id: 1 }, 'invalid'],
    ['no subject', { sub: undefined }, 'invalid'],
    ['a subject that is no uuid', { sub: 'ada' }, 'invalid'],
    ['no session', { sid: undefined }, 'invalid'],
    ['a session that is no uuid', { sid: "' OR 1=1" }, 'invalid'],
    ['no generation', { g: undefined }, 'invalid'],
    ['a generation below zero', { g: -1 }, 'invalid'],
    ['a generation as text', { g: '3' }, 'invalid'],
    ['token-api 6: expired stands before the missing id', { exp: at, jti: undefined }, 'expired'],
    ['token-api 6: the missing exp stands before the missing id', { exp: undefined, jti: undefined }, 'no-exp'],
    ['token-api 6: the missing id stands before the type', { jti: undefined, token_type: 'refresh' }, 'no-id'],
    ['claims beside ours do no harm', { role: 'admin', g: 3 }, 'ok'],
  ])('%s', async (_, over, outcome) => expect(await faultOf(over)).toBe(outcome))

  test('claims beside ours are not handed on', async () => {
    expect(await readAccess({ role: 'admin' })).toEqual({ kind: 'ok', claims: genuine })
  })
})

describe('TK-2: every kind of token at every place that takes one', () => {
  const access = signToken('access', view, later(START, minutes(10)), settings)
  const apiRefresh = signToken('refresh', view, later(START, days(1)), settings)
  const browserRefresh = signBrowserRefresh(browserView, browserKey)
  const places = {
    access: async (token: string) => {
      const reading = await readAccessToken(token, START, settings)
      return reading.kind === 'ok' ? 'ok' : reading.fault
    },
    apiRefresh: async (token: string) => {
      const reading = await readApiRefreshToken(token, START, settings)
      return reading.kind === 'ok' ? 'ok' : reading.fault
    },
    browserRefresh: async (token: string) => ((await verifyBrowserRefresh(token, browserKey)) ? 'ok' : 'none'),
  }

  test.each<[string, typeof access, keyof typeof places, string]>([
    ['access', access, 'access', 'ok'],
    ['access', access, 'apiRefresh', 'wrong-type'],
    ['access', access, 'browserRefresh', 'none'],
    ['API refresh', apiRefresh, 'access', 'wrong-type'],
    ['API refresh', apiRefresh, 'apiRefresh', 'ok'],
    ['API refresh', apiRefresh, 'browserRefresh', 'none'],
    ['browser refresh', browserRefresh, 'access', 'invalid'],
    ['browser refresh', browserRefresh, 'apiRefresh', 'invalid'],
    ['browser refresh', browserRefresh, 'browserRefresh', 'ok'],
  ])('%s token at the place of %s tokens', async (_, issued, place, outcome) => {
    expect(await places[place]((await issued).token)).toBe(outcome)
  })

  test('also when the public keys and the internal key are one and the same name and sort', async () => {
    const same = {
      issuer: ISSUER,
      signer,
      shape: contractShape,
      verifiers: new Map([['browser-refresh', { ...signer, kid: 'browser-refresh', alg: 'HS256' }]]),
    }
    expect(await readAccessToken((await browserRefresh).token, START, same)).toMatchObject({ fault: 'invalid' })
  })
})

describe('a browser’s refresh token', () => {
  const forged = (over: Record<string, unknown>, key = browserKey, kid = 'browser-refresh') => {
    const { session } = browserView
    const claims = { sid: session.id, g: 3, jti: 'ab'.repeat(16), iat: at, exp: at + 600, token_type: 'refresh' }
    const all = { ...claims, aud: 'latchkey:browser-refresh', ...over }
    return new SignJWT(all as never).setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid }).sign(key)
  }

  test('names session, generation and its own tag, and runs to the absolute end', async () => {
    const { token, id, expiresAt } = await signBrowserRefresh(browserView, browserKey)
    expect(headerOf(token)).toEqual({ alg: 'HS256', typ: 'JWT', kid: 'browser-refresh' })
    expect(await verifyBrowserRefresh(token, browserKey)).toMatchObject({ sid: browserView.session.id, g: 3, jti: id })
    expect(expiresAt).toEqual(browserView.session.absoluteExpiresAt)
  })

  test('has a new tag each time', async () => {
    const tags = await Promise.all([1, 2, 3].map(async () => (await signBrowserRefresh(browserView, browserKey)).id))
    expect(new Set(tags).size).toBe(3)
    for (const tag of tags) expect(tag).toMatch(/^[0-9a-f]{32}$/)
  })

  test('carries neither address nor role', async () => {
    const { token } = await signBrowserRefresh(browserView, browserKey)
    expect(Object.keys(payloadOf(token)).sort()).toEqual(['aud', 'exp', 'g', 'iat', 'jti', 'sid', 'token_type'])
  })

  test('is read past its own exp: the row is what is judged, and reuse comes before expiry', async () => {
    expect(await verifyBrowserRefresh(await forged({ exp: 1 }), browserKey)).toMatchObject({ exp: 1 })
  })

  test.each<[string, Promise<string>]>([
    ['under another key', forged({}, Buffer.alloc(32, 1))],
    ['under another kid', forged({}, browserKey, 'other')],
    ['for another audience', forged({ aud: 'latchkey' })],
    ['for several audiences', forged({ aud: ['latchkey:browser-refresh', 'other'] })],
    ['without audience', forged({ aud: undefined })],
    ['of another type', forged({ token_type: 'access' })],
    ['without a tag', forged({ jti: undefined })],
    ['with a generation as text', forged({ g: '3' })],
    ['with a session that is no uuid', forged({ sid: 'x' })],
  ])('%s is none', async (_, token) => expect(await verifyBrowserRefresh(await token, browserKey)).toBeNull())
})

describe('what the mint makes', () => {
  const mint = createTokenMint({
    ...{ tokens: () => settings, browserRefreshKey: browserKey },
    ...{ accessLifeMs: minutes(10), apiRefreshLifeMs: days(1) },
  })

  test('token-api C: a browser’s access token has these claims and no others', async () => {
    const claims = payloadOf((await mint.access(browserView)).token)
    expect(Object.keys(claims).sort()).toEqual(
      ['exp', 'g', 'iat', 'iss', 'jti', 'sid', 'sub', 'token_type', 'user_id'].sort(),
    )
    expect(claims).toMatchObject({ iat: at, exp: at + 600, g: 3, token_type: 'access' })
  })

  test('token-api 5: a program’s tokens add email and roles, both of them', async () => {
    for (const { token } of [await mint.access(view), await mint.refresh(view)])
      expect(payloadOf(token)).toMatchObject({ email: view.user.email, roles: [], user_id: view.user.id, iss: ISSUER })
  })

  test('TK-1: the header is exactly alg, typ and kid', async () => {
    for (const { token } of [await mint.access(view), await mint.refresh(view), await mint.access(browserView)])
      expect(headerOf(token)).toEqual({ alg: 'ES256', typ: 'JWT', kid: signer.kid })
  })

  test('no claim of a caller’s can replace one of ours', async () => {
    const extra = {
      sub: 'eve',
      sid: 'x',
      token_type: 'refresh',
      g: 9,
      iss: 'x',
      exp: 1,
      iat: 1,
      jti: 'x',
      user_id: 'eve',
    }
    const { token } = await signToken('access', view, later(START, minutes(10)), settings, extra)
    expect(payloadOf(token)).toMatchObject({ ...genuine, jti: expect.stringMatching(/^[0-9a-f]{32}$/) })
  })

  test('no token outlives its session, and none is longer than its setting', async () => {
    const ending = aView({ session: { kind: 'api', absoluteExpiresAt: later(START, minutes(3)) } })
    expect((await mint.access(ending)).expiresAt).toEqual(later(START, minutes(3)))
    expect((await mint.refresh(ending)).expiresAt).toEqual(later(START, minutes(3)))
    expect((await mint.refresh(view)).expiresAt).toEqual(later(START, days(1)))
    expect((await mint.access(view, { lifeMs: minutes(60) })).expiresAt).toEqual(later(START, minutes(10)))
    expect((await mint.access(view, { lifeMs: 5000 })).expiresAt).toEqual(later(START, 5000))
  })

  test('token-api 5: a token stays under 2048 characters, for the longest address', async () => {
    const fat = aView({ session: { kind: 'api' }, user: { email: `${'a'.repeat(242)}@example.com` } })
    for (const { token } of [await mint.access(fat), await mint.refresh(fat)]) expect(token.length).toBeLessThan(2048)
    for (const { token } of [await mint.access(browserView), await mint.refresh(browserView)])
      expect(token.length).toBeLessThan(1024)
  })
})

describe('KY-1, KY-2: signing keys', () => {
  const sealing = Buffer.alloc(32, 3)

  test('are made sealed, named by their thumbprint, and sign what their public half verifies', async () => {
    const stored = await makeSigningKey(sealing)
    const verifying = await openVerifyingKey(stored)
    const opened = {
      issuer: ISSUER,
      signer: await openSigningKey(stored, sealing),
      shape: contractShape,
      verifiers: new Map([[stored.kid, verifying]]),
    }
    const { token } = await signToken('access', view, later(START, minutes(10)), opened)
    expect((await readAccessToken(token, START, opened)).kind).toBe('ok')
    expect(stored.kid).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(stored.publicJwk).not.toHaveProperty('d')
    expect(await readAccessToken(token, START, settings)).toMatchObject({ fault: 'invalid' })
  })

  test('do not open under another secret, nor as another key', async () => {
    const [one, other] = [await makeSigningKey(sealing), await makeSigningKey(sealing)]
    await expect(openSigningKey(one, Buffer.alloc(32, 4))).rejects.toThrow()
    await expect(openSigningKey({ ...one, sealedPrivate: other.sealedPrivate }, sealing)).rejects.toThrow()
  })
})
