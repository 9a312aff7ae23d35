import { describe, expect, test } from 'vitest'
import { accessClaims, apiRefreshClaims, browserRefreshClaims } from './claims'

const uuid = '9b2c7a54-6d1e-4f3a-8b2c-1d2e3f4a5b6c'
const common = { sid: uuid, g: 0, jti: '0123456789abcdef0123456789abcdef', iat: 1_700_000_000, exp: 1_700_000_600 }
const signed = { ...common, iss: 'http://localhost:3000', sub: uuid, user_id: uuid }

const kinds = [
  ['access', accessClaims, { ...signed, token_type: 'access' }],
  ['API refresh', apiRefreshClaims, { ...signed, token_type: 'refresh' }],
  ['browser refresh', browserRefreshClaims, { ...common, token_type: 'refresh', aud: 'latchkey:browser-refresh' }],
] as const

describe.each(kinds)('TK-7: the claims of a token, %s', (_, schema, good) => {
  test('all of them together are taken', () => expect(schema.safeParse(good).success).toBe(true))

  test.each(Object.keys(good))('without %s they are refused', (name) => {
    const { [name]: _left, ...rest } = good as Record<string, unknown>
    expect(schema.safeParse(rest).success).toBe(false)
  })

  test.each<[string, unknown]>([
    ...['sid'].flatMap((name) =>
      ['', 'x', 1, null, [uuid], `${uuid} `].map((value): [string, unknown] => [name, value]),
    ),
    ...['g'].flatMap((name) =>
      [-1, 0.5, '0', null, 2 ** 31, Infinity, true].map((value): [string, unknown] => [name, value]),
    ),
    ...['iat', 'exp'].flatMap((name) =>
      [-1, 0.5, '1700000000', null, NaN, Infinity, 1e300, [1], true].map((value): [string, unknown] => [name, value]),
    ),
    ...['', 'x', 'A'.repeat(32), 'a'.repeat(31), 'a'.repeat(33), 'g'.repeat(32), null, 1].map(
      (value): [string, unknown] => ['jti', value],
    ),
    ...['', 'Access', 'sliding', null, ['access'], 1].map((value): [string, unknown] => ['token_type', value]),
  ])('%s must not be %j', (name, value) => {
    expect(schema.safeParse({ ...good, [name]: value }).success).toBe(false)
  })

  test('the highest generation a row can hold leaves room for its successor', () => {
    expect(schema.safeParse({ ...good, g: 2_147_483_646 }).success).toBe(true)
    expect(schema.safeParse({ ...good, g: 2_147_483_647 }).success).toBe(false)
  })
})

test.each(['', 'latchkey', 'latchkey:browser-refresh ', ['latchkey:browser-refresh'], null])(
  'a browser refresh token is for our own audience alone, not for %j',
  (aud) => {
    const [, , good] = kinds[2]
    expect(browserRefreshClaims.safeParse({ ...good, aud }).success).toBe(false)
  },
)

test('TK-2: no kind of token passes for another', () => {
  for (const [name, , claims] of kinds)
    for (const [other, schema] of kinds) {
      // The API's refresh claims are a browser's but for the audience and the key that signs.
      expect(schema.safeParse(claims).success, `${name} as ${other}`).toBe(name === other)
    }
})
