/** The settings that shape tokens, on real tokens: what each writes, and what each asks of a token that comes back. */
import { SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { days, minutes } from '#lib/core/duration'
import { contractShape, type TokenShape } from '#lib/core/token-shape'
import { TOKEN_LIMIT } from '#lib/core/token-too-large'
import { aView } from '#lib/testing/builders'
import { later, START } from '#lib/testing/fixed-clock'
import { ISSUER, testKeys } from '#lib/testing/test-tokens'
import { signBrowserRefresh } from './refresh-token'
import { readAccessToken, readApiRefreshToken } from './signed-token'
import { createTokenMint, type MintSettings } from './token-mint'

const keys = await testKeys()
const { signer } = keys
const browserRefreshKey = Buffer.alloc(32, 9)
const at = Math.floor(START.getTime() / 1000)
const view = aView({
  session: { kind: 'api', generation: 3, amr: ['pwd'], authTime: later(START, -minutes(1)) },
  grants: { groups: ['editors', 'staff'] },
})
const browserView = aView({ session: { generation: 3 }, grants: { groups: ['editors'] } })

const shaped = (over: Partial<TokenShape> = {}) => ({ ...keys, shape: { ...contractShape, ...over } })
const mintFor = (over: Partial<TokenShape> = {}, more: Partial<MintSettings> = {}) =>
  createTokenMint({
    ...{ tokens: () => shaped(over), browserRefreshKey },
    ...{ accessLifeMs: minutes(10), apiRefreshLifeMs: days(1), ...more },
  })
const part = (token: string, i: number) => JSON.parse(Buffer.from(token.split('.')[i] ?? '', 'base64url').toString())
const headerOf = (token: string) => part(token, 0)
const payloadOf = (token: string) => part(token, 1)
const access = async (over: Partial<TokenShape> = {}, of = view) => (await mintFor(over).access(of)).token
const refresh = async (over: Partial<TokenShape> = {}, of = view) => (await mintFor(over).refresh(of)).token

/** The fault a server with these settings finds in an access token, or ok. */
const judge = async (token: string, over: Partial<TokenShape> = {}, now = START) => {
  const reading = await readAccessToken(token, now, shaped(over))
  return reading.kind === 'ok' ? 'ok' : reading.fault
}
const judgeRefresh = async (token: string, over: Partial<TokenShape> = {}, now = START) => {
  const reading = await readApiRefreshToken(token, now, shaped(over))
  return reading.kind === 'ok' ? 'ok' : reading.fault
}
/** A token of ours with some claims, and perhaps the type, changed under our own key. */
const altered = async (token: string, over: Record<string, unknown>, typ = headerOf(token).typ) => {
  const claims = Object.entries({ ...payloadOf(token), ...over }).filter(([, value]) => value !== undefined)
  const header = { alg: signer.alg, typ, kid: signer.kid }
  return new SignJWT(Object.fromEntries(claims)).setProtectedHeader(header).sign(signer.key)
}

describe('JWT_AUDIENCE', () => {
  test('unset, it is neither written nor looked at', async () => {
    const token = await access()
    expect(payloadOf(token)).not.toHaveProperty('aud')
    for (const aud of ['anybody', ['a', 'b'], 7]) expect(await judge(await altered(token, { aud }))).toBe('ok')
  })

  test('one is written as a string, several as a list, in both tokens and in a browser’s access token', async () => {
    for (const token of [await access({ audiences: ['shop'] }), await refresh({ audiences: ['shop'] })])
      expect(payloadOf(token).aud).toBe('shop')
    expect(payloadOf(await access({ audiences: ['shop', 'blog'] })).aud).toEqual(['shop', 'blog'])
    expect(payloadOf(await access({ audiences: ['shop'] }, browserView)).aud).toBe('shop')
  })

  test.each<[unknown, string]>([
    ['shop', 'ok'],
    ['blog', 'ok'],
    [['x', 'blog'], 'ok'],
    ['x', 'invalid'],
    ['Shop', 'invalid'],
    ['shop,blog', 'invalid'],
    [[], 'invalid'],
    [[['shop']], 'invalid'],
    [{ shop: 1 }, 'invalid'],
    [null, 'invalid'],
    [undefined, 'invalid'],
  ])('set to two, a token for %j is %s', async (aud, outcome) => {
    const audiences = ['shop', 'blog']
    const [token, other] = [await access({ audiences }), await refresh({ audiences })]
    expect(await judge(await altered(token, { aud }), { audiences })).toBe(outcome)
    expect(await judgeRefresh(await altered(other, { aud }), { audiences })).toBe(outcome)
  })
})

describe('JWT_LEEWAY', () => {
  test('exp is over at the second of exp + leeway, not one before', async () => {
    const [token, long] = [await access(), await refresh()]
    const end = later(START, minutes(10))
    for (const [leewayS, afterMs, outcome] of [
      [0, -1, 'ok'],
      [0, 0, 'expired'],
      [30, 29_999, 'ok'],
      [30, 30_000, 'expired'],
    ] as const)
      expect(await judge(token, { leewayS }, later(end, afterMs)), `${leewayS} ${afterMs}`).toBe(outcome)
    expect(await judgeRefresh(long, { leewayS: 30 }, later(START, days(1) + 29_999))).toBe('ok')
    expect(await judgeRefresh(long, { leewayS: 30 }, later(START, days(1) + 30_000))).toBe('expired')
  })

  test('TK-7: it does not widen the 30 s that iat and nbf may be ahead', async () => {
    const token = await access()
    for (const name of ['iat', 'nbf']) {
      expect(await judge(await altered(token, { [name]: at + 30 }), { leewayS: 300 })).toBe('ok')
      expect(await judge(await altered(token, { [name]: at + 31 }), { leewayS: 300 })).toBe('invalid')
    }
  })
})

describe('TK-7: exp - iat within the lifetime', () => {
  const longestS = { access: 600, refresh: 86_400 }

  test('to the second, for each kind by its own', async () => {
    const [token, long] = [await access(), await refresh()]
    expect(await judge(token, { longestS })).toBe('ok')
    expect(await judge(await altered(token, { exp: at + 601 }), { longestS })).toBe('invalid')
    expect(await judge(await altered(token, { iat: at - 1 }), { longestS })).toBe('invalid')
    expect(await judgeRefresh(long, { longestS })).toBe('ok')
    expect(await judgeRefresh(await altered(long, { exp: at + 86_401 }), { longestS })).toBe('invalid')
  })

  test('a token that ends before it begins is none', async () => {
    expect(await judge(await altered(await access(), { iat: at + 20, exp: at + 10 }))).toBe('invalid')
  })

  test('an expired one is still told so, whatever its length', async () => {
    expect(await judge(await altered(await access(), { iat: at - 9999, exp: at }), { longestS })).toBe('expired')
  })
})

describe('JWT_USER_ID_FIELD', () => {
  test.each([
    ['id', view.user.id],
    ['email', view.user.email],
    ['username', view.user.username],
  ] as const)('%s stands in the claim, and sub is the id all the same', async (userIdField, value) => {
    for (const token of [await access({ userIdField }), await refresh({ userIdField })])
      expect(payloadOf(token)).toMatchObject({ user_id: value, sub: view.user.id })
    expect(await judge(await access({ userIdField }), { userIdField })).toBe('ok')
  })
})

describe('the names of claims', () => {
  const names = { userId: 'uid', tokenType: 'kind', tokenId: 'tid' }

  test('are written in place of the standard ones', async () => {
    const { uid, kind, tid, ...rest } = payloadOf(await access({ names }))
    expect([uid, kind]).toEqual([view.user.id, 'access'])
    expect(tid).toMatch(/^[0-9a-f]{32}$/)
    for (const name of ['user_id', 'token_type', 'jti']) expect(rest).not.toHaveProperty(name)
  })

  test('are read, and handed on under the standard names', async () => {
    const issued = await mintFor({ names }).access(view)
    const reading = await readAccessToken(issued.token, START, shaped({ names }))
    expect(reading).toMatchObject({ claims: { user_id: view.user.id, token_type: 'access', jti: issued.id } })
  })

  test.each<[string, Record<string, unknown>, string]>([
    ['the id under its old name', { tid: undefined, jti: 'ab'.repeat(16) }, 'no-id'],
    ['the type under its old name', { kind: undefined, token_type: 'access' }, 'no-type'],
    ['the user under its old name', { uid: undefined, user_id: view.user.id }, 'no-user'],
    ['a type of another kind', { kind: 'refresh', token_type: 'access' }, 'wrong-type'],
  ])('and under no other: %s', async (_, over, outcome) => {
    expect(await judge(await altered(await access({ names }), over), { names })).toBe(outcome)
  })

  test('a name that every object has is missing all the same', async () => {
    const odd = { ...names, tokenId: 'constructor' }
    const token = await altered(await access({ names }), { tid: undefined })
    expect(await judge(token, { names: odd })).toBe('no-id')
  })
})

describe('TOKEN_PROFILE=rfc9068 (TK-1, TK-2)', () => {
  const profile = 'rfc9068' as const

  test('TK-1: an access token has typ at+jwt, these claims and no others', async () => {
    const token = await access({ profile })
    expect(headerOf(token)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: signer.kid })
    expect(payloadOf(token)).toEqual({
      ...{ iss: ISSUER, aud: ISSUER, sub: view.user.id, client_id: 'latchkey', sid: view.session.id, g: 3 },
      ...{ jti: expect.stringMatching(/^[0-9a-f]{32}$/), iat: at, exp: at + 600 },
      ...{ auth_time: at - 60, amr: ['pwd'], scope: 'api' },
    })
    expect(payloadOf(await access({ profile }, browserView))).toMatchObject({ scope: 'browser' })
  })

  test('JWT_AUDIENCE names the audience of access tokens', async () => {
    expect(payloadOf(await access({ profile, audiences: ['shop'] })).aud).toBe('shop')
    expect(await judge(await access({ profile }), { profile, audiences: ['shop'] })).toBe('invalid')
  })

  test('TK-2: a refresh token differs in typ, aud and token_type', async () => {
    const token = await refresh({ profile, audiences: ['shop'] })
    expect(headerOf(token).typ).toBe('rt+jwt')
    expect(payloadOf(token)).toMatchObject({ aud: 'latchkey:api-refresh', token_type: 'refresh' })
    expect(payloadOf(token)).not.toHaveProperty('email')
  })

  test('TK-2: every kind at every place', async () => {
    const browserRefresh = (await signBrowserRefresh(browserView, browserRefreshKey)).token
    const tokens = [
      await access({ profile }),
      await refresh({ profile }),
      await access(),
      await refresh(),
      browserRefresh,
    ]
    const outcomes = (place: typeof judge, over: Partial<TokenShape>) =>
      Promise.all(tokens.map((token) => place(token, over)))
    expect(await outcomes(judge, { profile })).toEqual(['ok', 'wrong-type', 'invalid', 'invalid', 'invalid'])
    expect(await outcomes(judgeRefresh, { profile })).toEqual(['wrong-type', 'ok', 'invalid', 'invalid', 'invalid'])
    expect(await outcomes(judge, {})).toEqual(['invalid', 'invalid', 'ok', 'wrong-type', 'invalid'])
    expect(await outcomes(judgeRefresh, {})).toEqual(['invalid', 'invalid', 'wrong-type', 'ok', 'invalid'])
  })

  test.each<[string, Record<string, unknown>, string | undefined, string]>([
    ['the typ of a refresh token on an access token', {}, 'rt+jwt', 'invalid'],
    ['an unknown typ', {}, 'mfa+jwt', 'invalid'],
    ['the typ in capitals', {}, 'AT+JWT', 'invalid'],
    ['no audience', { aud: undefined }, undefined, 'invalid'],
    ['the audience of refresh tokens', { aud: 'latchkey:api-refresh' }, undefined, 'invalid'],
    ['no subject', { sub: undefined }, undefined, 'no-user'],
    ['an empty subject', { sub: '' }, undefined, 'invalid'],
    ['no id', { jti: undefined }, undefined, 'no-id'],
    ['no generation', { g: undefined }, undefined, 'invalid'],
    ['a token_type that says otherwise decides nothing', { token_type: 'refresh' }, undefined, 'ok'],
  ])('%s', async (_, over, typ, outcome) => {
    expect(await judge(await altered(await access({ profile }), over, typ), { profile })).toBe(outcome)
  })
})

describe('claims of the hook', () => {
  const extraClaims = async () => ({ plan: 'gold', sub: 'eve', email: 'eve@example.com', roles: ['root'], sid: 'x' })

  test('stand in both tokens of a program and in none of a browser, and replace nothing of ours', async () => {
    const mint = mintFor({}, { extraClaims })
    const ours = { sub: view.user.id, sid: view.session.id, email: view.user.email, roles: ['editors', 'staff'] }
    for (const { token } of [await mint.access(view), await mint.refresh(view)])
      expect(payloadOf(token)).toMatchObject({ ...ours, plan: 'gold' })
    expect(payloadOf((await mint.access(browserView)).token)).not.toHaveProperty('plan')
  })

  test('in the rfc9068 profile they stand in access tokens alone', async () => {
    const mint = mintFor({ profile: 'rfc9068' }, { extraClaims: async () => ({ plan: 'gold' }) })
    expect(payloadOf((await mint.access(view)).token)).toMatchObject({ plan: 'gold' })
    expect(payloadOf((await mint.refresh(view)).token)).not.toHaveProperty('plan')
  })
})

describe('size', () => {
  const groups = (count: number, length = 20) =>
    Array.from({ length: count }, (_, i) => `role-${i}-`.padEnd(length, 'x').slice(0, length))

  test('token-api 5: twenty roles of twenty characters and the longest address stay under 2048, with room for an RSA signature', async () => {
    const fat = aView({
      session: { kind: 'api' },
      user: { email: `${'a'.repeat(242)}@example.com` },
      grants: { groups: groups(20) },
    })
    const mint = mintFor({ audiences: ['https://shop.example.com'] })
    for (const { token } of [await mint.access(fat), await mint.refresh(fat)]) {
      expect(payloadOf(token).roles).toHaveLength(20)
      // RS256 with 3072 bits signs in 512 characters, ES256 in 86.
      expect(token.length + 512 - 86).toBeLessThan(2048)
    }
  })

  test('CK-2: a browser’s access token stays under 700 bytes however many groups its user is in', async () => {
    const { token } = await mintFor().access(aView({ grants: { groups: groups(500) } }))
    expect(token.length).toBeLessThan(700)
  })

  test('one too large is not made: the error names the account, the length and what to do, and no role or address', async () => {
    const fat = aView({ session: { kind: 'api' }, grants: { groups: groups(80) } })
    for (const make of [mintFor().prepare, mintFor().access, mintFor().refresh]) {
      const error: Error = await make(fat).then(
        () => new Error('made'),
        (fault) => fault,
      )
      expect(error.name).toBe('TokenTooLarge')
      expect(error.message).toMatch(
        new RegExp(`${fat.user.id} would have \\d{4} characters; it must have fewer than ${TOKEN_LIMIT}\\.`),
      )
      expect(error.message).toContain('(it has 80)')
      expect(error.message).not.toMatch(/role-|example\.com/)
    }
  })

  test('the very limit: the longest token that is made has 2047 characters', async () => {
    const lengths = await Promise.all(
      Array.from({ length: 24 }, async (_, i) => {
        const wide = aView({ session: { kind: 'api' }, grants: { groups: ['x'.repeat(1100 + i)] } })
        return mintFor()
          .access(wide)
          .then(
            ({ token }) => token.length,
            () => TOKEN_LIMIT,
          )
      }),
    )
    expect(Math.max(...lengths.filter((length) => length < TOKEN_LIMIT))).toBeGreaterThan(TOKEN_LIMIT - 4)
    expect(lengths).toContain(TOKEN_LIMIT)
  })
})
