import { describe, expect, test } from 'vitest'
import { StartError } from '#lib/core/start-error'
import { days, hours, minutes, seconds } from '#lib/core/duration'
import { readConfig } from './config'

const SECRET = 'vXq0mZ3sT9wKcR7pLdNf2hYbGjAeUu81'
const PEPPER = 'Qe5tWn8xCz1vBm4kJh7gFd2sPa9oIu63'
const server = {
  DATABASE_URL: 'postgresql://latchkey:hunter2@localhost:5432/latchkey',
  AUTH_SECRET: SECRET,
  PASSWORD_PEPPER: PEPPER,
}
type Env = Record<string, string>

/** What stops the start, one line for each fault. */
function faults(env: Env): string[] {
  try {
    readConfig(env)
    return []
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    return [...error.problem.matchAll(/\n {2}- (.*)/g)].map(([, line = '']) => line)
  }
}

describe('without any variable', () => {
  test('everything has its default of the contract', () => {
    expect(readConfig({})).toEqual({
      database: { kind: 'embedded' },
      dataDir: '.data',
      listen: { host: '127.0.0.1', port: 3000 },
      publicUrl: 'http://localhost:3000',
      origins: ['http://localhost:3000', 'http://127.0.0.1:3000', 'http://[::1]:3000'],
      secure: false,
      loopback: true,
      authSecret: null,
      passwordPepper: null,
      authSecretPrevious: null,
      passwordPepperPrevious: null,
      trustedProxies: [],
      corsOrigins: [],
      rateLimitScale: 1,
      cookieSameSite: 'lax',
      maxSessions: 20,
      password: { minLength: 12, hashCost: 12 },
      session: {
        idleMs: days(14),
        absoluteMs: days(30),
        windowMs: hours(24),
        rotationAgeMs: minutes(5),
        lateWindowMs: seconds(30),
        reauthMaxAgeMs: minutes(10),
      },
      jwt: {
        accessLifeMs: minutes(10),
        refreshLifeMs: days(1),
        rotate: true,
        singleUse: true,
        tolerant: false,
        updateLastLogin: true,
        issuer: 'http://localhost:3000',
        shape: {
          profile: 'contract',
          audiences: [],
          leewayS: 0,
          userIdField: 'id',
          names: { userId: 'user_id', tokenType: 'token_type', tokenId: 'jti' },
          longestS: { access: 600, refresh: 86_400 },
        },
        leewayMs: 0,
        authHeader: { name: 'authorization', schemes: ['Bearer'] },
        checksActive: true,
      },
      keys: {
        algorithm: 'ES256',
        signingKey: null,
        verifyingKey: null,
        rotationAgeMs: days(90),
        publishAheadMs: minutes(10),
      },
      development: false,
      warnings: [],
    })
  })

  test('an empty variable counts as unset', () => {
    const names = [
      'DATABASE_URL',
      'DATA_DIR',
      'PORT',
      'HOST',
      'PUBLIC_URL',
      'AUTH_SECRET',
      'PASSWORD_PEPPER',
      'MAX_SESSIONS',
    ]
    const more = ['TRUSTED_PROXIES', 'ROTATION_AGE', 'JWT_ROTATE_REFRESH_TOKENS', 'JWT_ISSUER', 'COOKIE_SAMESITE']
    const empty = Object.fromEntries([...names, ...more].map((name) => [name, '']))
    expect(readConfig(empty)).toEqual(readConfig({}))
  })

  test('variables of others are left alone', () => {
    expect(readConfig({ HOSTNAME: 'container', PATH: '/bin', JWT_SOMETHING: 'x' })).toEqual(readConfig({}))
  })
})

describe('what is set is taken', () => {
  test.each<[Env, object]>([
    [
      { PORT: '8080' },
      { listen: { port: 8080 }, publicUrl: 'http://localhost:8080', jwt: { issuer: 'http://localhost:8080' } },
    ],
    [{ HOST: '0.0.0.0' }, { listen: { host: '0.0.0.0', port: 3000 } }],
    [{ PUBLIC_URL: 'http://127.0.0.1:9000/' }, { publicUrl: 'http://127.0.0.1:9000', loopback: true }],
    [{ JWT_ISSUER: 'urn:latchkey' }, { jwt: { issuer: 'urn:latchkey' } }],
    [{ TRUSTED_PROXIES: ' 10.0.0.0/8, ::1 ,' }, { trustedProxies: ['10.0.0.0/8', '::1'] }],
    [
      { CORS_ORIGINS: ' https://app.example.com, http://localhost:5173 ,' },
      { corsOrigins: ['https://app.example.com', 'http://localhost:5173'] },
    ],
    [{ JWT_ACCESS_TOKEN_LIFETIME: '300' }, { jwt: { accessLifeMs: seconds(300) } }],
    [{ SESSION_IDLE_LIFETIME: '1h' }, { session: { idleMs: hours(1) } }],
    [
      { JWT_ROTATE_REFRESH_TOKENS: '0', JWT_BLACKLIST_AFTER_ROTATION: 'false' },
      { jwt: { rotate: false, singleUse: false } },
    ],
    [{ JWT_ROTATE_REFRESH_TOKENS: 'false' }, { jwt: { rotate: false, singleUse: true, tolerant: false } }],
    [{ JWT_BLACKLIST_AFTER_ROTATION: 'false' }, { jwt: { rotate: true, singleUse: false, tolerant: false } }],
    [{ JWT_REFRESH_REUSE: 'tolerant' }, { jwt: { rotate: true, singleUse: true, tolerant: true } }],
    [{ JWT_UPDATE_LAST_LOGIN: 'false' }, { jwt: { updateLastLogin: false } }],
    [{ COOKIE_SAMESITE: 'strict' }, { cookieSameSite: 'strict' }],
    [{ NODE_ENV: 'development' }, { development: true }],
    [{ LATE_REFRESH_WINDOW: '0' }, { session: { lateWindowMs: 0 } }],
    [
      { DATABASE_URL: server.DATABASE_URL, AUTH_SECRET: SECRET, PASSWORD_PEPPER: PEPPER },
      { database: { kind: 'server', url: server.DATABASE_URL } },
    ],
  ])('%j', (env, part) => expect(readConfig(env)).toMatchObject(part))

  test('a public address over https is one origin, and cookies are Secure', () => {
    const config = readConfig({ ...server, PUBLIC_URL: 'https://login.example.com' })
    expect(config).toMatchObject({ publicUrl: 'https://login.example.com', secure: true, loopback: false })
    expect(config.origins).toEqual(['https://login.example.com'])
  })
})

describe('both sides of every limit', () => {
  test.each<[string, string, string]>([
    ['PORT', '1', '0'],
    ['PORT', '65535', '65536'],
    ['MAX_SESSIONS', '1', '0'],
    ['MAX_SESSIONS', '1000', '1001'],
    ['PASSWORD_MIN_LENGTH', '8', '7'],
    ['PASSWORD_MIN_LENGTH', '64', '65'],
    ['PASSWORD_HASH_COST', '4', '3'],
    ['PASSWORD_HASH_COST', '15', '16'],
    ['SESSION_IDLE_LIFETIME', '1', '0'],
    ['SESSION_ABSOLUTE_LIFETIME', '400d', '401d'],
    ['SESSION_ABSOLUTE_LIFETIME', '1s', '0s'],
    ['ROTATION_AGE', '31', '0'],
    ['REAUTH_MAX_AGE', '1', '0'],
    ['JWT_ACCESS_TOKEN_LIFETIME', '3600', '3601'],
    ['JWT_ACCESS_TOKEN_LIFETIME', '1', '0'],
    ['JWT_REFRESH_TOKEN_LIFETIME', '400d', '401d'],
    ['RATE_LIMIT_SCALE', '0.001', '0'],
    ['RATE_LIMIT_SCALE', '1000000', '1000001'],
    // The late window is shorter than the rotation age, which is 5 m.
    ['LATE_REFRESH_WINDOW', '299', '300'],
  ])('%s may be %s and not %s', (name, good, bad) => {
    expect(faults({ [name]: good })).toEqual([])
    expect(faults({ [name]: bad })).toEqual([expect.stringMatching(new RegExp(`^${name} must be`))])
  })
})

describe('PR-1: each fault is named', () => {
  test.each<[string, string]>([
    ['DATABASE_URL', 'mysql://localhost/x'],
    ['DATABASE_URL', 'localhost:5432'],
    ['PORT', 'x'],
    ['PORT', '80.5'],
    ['PORT', '1e3'],
    ['PORT', '-1'],
    ['AUTH_SECRET', 'short'],
    ['AUTH_SECRET', 'x'.repeat(64)],
    ['AUTH_SECRET', 'change-me-'.repeat(4)],
    ['AUTH_SECRET', 'abcd'.repeat(16)],
    ['PASSWORD_PEPPER', SECRET.slice(0, 31)],
    ['TRUSTED_PROXIES', '10.0.0.0/8,proxy.example'],
    ['TRUSTED_PROXIES', '10.0.0.0/33'],
    ['TRUSTED_PROXIES', '*'],
    ...[
      ...['*', 'null', 'https://*.example.com', 'https://app.example.com/', 'https://app.example.com/path'],
      ...['https://App.example.com', 'https://app.example.com:443', 'app.example.com', 'https://a:b@app.example.com'],
      ...['https://app.example.com,*', 'https://app.example.com https://b.example.com', 'file:///x', 'ftp://x.example'],
      ...['https://app.example.com?x', 'https://bücher.example'],
    ].map((value): [string, string] => ['CORS_ORIGINS', value]),
    ['RATE_LIMIT_SCALE', '-1'],
    ['RATE_LIMIT_SCALE', 'NaN'],
    ['RATE_LIMIT_SCALE', 'Infinity'],
    ['COOKIE_SAMESITE', 'none'],
    ['COOKIE_SAMESITE', 'Lax'],
    ['ROTATION_AGE', '5 minutes'],
    ['SESSION_IDLE_LIFETIME', '-1d'],
    ['JWT_ROTATE_REFRESH_TOKENS', 'yes'],
    ['JWT_UPDATE_LAST_LOGIN', 'True'],
    ['JWT_BLACKLIST_AFTER_ROTATION', 'off'],
    ['JWT_REFRESH_REUSE', 'Tolerant'],
    ['PUBLIC_URL', 'login.example.com'],
    ['PUBLIC_URL', 'ftp://localhost'],
    ['PUBLIC_URL', 'http://localhost:3000/app'],
    ['PUBLIC_URL', 'http://localhost:3000/?a=1'],
    ['PUBLIC_URL', 'http://localhost:3000/#a'],
    ['PUBLIC_URL', 'http://ada@localhost:3000'],
    ['PUBLIC_URL', 'javascript:alert(1)'],
  ])('%s=%s', (name, value) => {
    const found = faults({ [name]: value })
    expect(found.length).toBeGreaterThan(0)
    for (const line of found) expect(line).toMatch(new RegExp(`^(${name}|AUTH_SECRET|PASSWORD_PEPPER) `))
    expect(found[0]).toMatch(new RegExp(`^${name} `))
  })

  test('all of them come at once, with the number of them and what to do', () => {
    const env = {
      PORT: 'x',
      ROTATION_AGE: 'y',
      COOKIE_SAMESITE: 'none',
      AUTH_SECRET: 'a short secret',
      PUBLIC_URL: 'nowhere',
    }
    expect(
      faults(env)
        .map((line) => line.split(' ')[0])
        .sort(),
    ).toEqual(Object.keys(env).sort())
    expect(() => readConfig(env)).toThrow(/^5 settings are not usable:[\s\S]*\.env\.example/)
    expect(() => readConfig({ PORT: 'x' })).toThrow(/^A setting is not usable:/)
  })

  test('what contradicts itself comes beside what cannot be read', () => {
    const found = faults({ PORT: 'x', PUBLIC_URL: 'http://login.example.com', LATE_REFRESH_WINDOW: '1h' })
    const names = found.map((line) => line.split(' ')[0])
    expect(names.sort()).toEqual(['AUTH_SECRET', 'LATE_REFRESH_WINDOW', 'PASSWORD_PEPPER', 'PORT', 'PUBLIC_URL'])
  })
})

describe('TK-3: the algorithm and the secret of HS256 and its kin', () => {
  const hs = (JWT_ALGORITHM: string, JWT_SIGNING_KEY: string) => faults({ JWT_ALGORITHM, JWT_SIGNING_KEY })
  const bytes = (count: number) => (SECRET + PEPPER).slice(0, count)

  test.each([
    'ES256',
    'ES384',
    'ES512',
    'EdDSA',
    'RS256',
    'RS384',
    'RS512',
    'PS256',
    'PS384',
    'PS512',
    'HS256',
    'HS384',
    'HS512',
  ])('%s is one', (JWT_ALGORITHM) => expect(readConfig({ JWT_ALGORITHM }).keys.algorithm).toBe(JWT_ALGORITHM))

  test.each(['none', 'es256', 'ES256K', 'Ed25519', 'HS1', ' ES256'])('%j is none', (JWT_ALGORITHM) => {
    expect(faults({ JWT_ALGORITHM })).toEqual([expect.stringMatching(/^JWT_ALGORITHM must be one of ES256/)])
  })

  test.each([
    ['HS256', 32],
    ['HS384', 48],
    ['HS512', 64],
  ] as const)('%s wants %d bytes, and one less is too short', (algorithm, count) => {
    expect(hs(algorithm, bytes(count))).toEqual([])
    expect(hs(algorithm, bytes(count - 1))).toEqual([
      expect.stringMatching(new RegExp(`^JWT_SIGNING_KEY must be at least ${count} bytes`)),
    ])
  })

  test.each<[string, string, RegExp]>([
    ['a sample', 'django-insecure-w1dn3kq8zv7h2m5r9t4y6u0p', /is one from a sample/],
    ['one letter', 'x'.repeat(64), /is too regular/],
    ['a key in PEM', `-----BEGIN PUBLIC KEY-----\n${bytes(64)}\n-----END PUBLIC KEY-----`, /not a key in PEM/],
  ])('%s is no secret', (_, text, words) => {
    const found = hs('HS256', text)
    expect(found).toEqual([expect.stringMatching(words)])
    expect(found[0]).toMatch(/^JWT_SIGNING_KEY /)
    expect(found[0]).not.toContain(text.slice(0, 40))
  })

  test('it is a secret of its own', () => {
    const shared = { JWT_ALGORITHM: 'HS256', JWT_SIGNING_KEY: SECRET }
    expect(faults({ ...shared, AUTH_SECRET: SECRET })).toEqual([
      expect.stringMatching(/^JWT_SIGNING_KEY must be neither/),
    ])
    expect(faults({ ...shared, AUTH_SECRET: PEPPER })).toEqual([])
  })

  test('JWT_VERIFYING_KEY beside it is said to be ignored', () => {
    const config = readConfig({ JWT_ALGORITHM: 'HS256', JWT_VERIFYING_KEY: 'x' })
    expect(config.warnings).toEqual([expect.stringMatching(/^JWT_VERIFYING_KEY is ignored/)])
  })
})

describe('KY-3 and KY-5: replacing keys and secrets', () => {
  test('the next key is published before the last one is due, and later than 10 minutes before only with a warning', () => {
    expect(faults({ KEY_ROTATION_AGE: '10m' })).toEqual([expect.stringMatching(/^KEY_PUBLISH_AHEAD must be shorter/)])
    expect(readConfig({ KEY_ROTATION_AGE: '601', KEY_PUBLISH_AHEAD: '600' }).warnings).toEqual([])
    expect(readConfig({ KEY_PUBLISH_AHEAD: '599' }).warnings).toEqual([expect.stringMatching(/^KEY_PUBLISH_AHEAD is/)])
  })

  test.each(['AUTH_SECRET', 'PASSWORD_PEPPER'])('%s_PREVIOUS is another one', (name) => {
    expect(faults({ [name]: SECRET, [`${name}_PREVIOUS`]: PEPPER })).toEqual([])
    expect(faults({ [name]: SECRET, [`${name}_PREVIOUS`]: SECRET })).toEqual([
      expect.stringMatching(new RegExp(`^${name}_PREVIOUS must be the ${name} of before`)),
    ])
    expect(faults({ [`${name}_PREVIOUS`]: 'short' })[0]).toMatch(new RegExp(`^${name}_PREVIOUS must be at least 32`))
  })
})

describe('KY-4: what must not start', () => {
  const required = /^(AUTH_SECRET|PASSWORD_PEPPER) is required/

  test.each<[string, Env, string[]]>([
    ['a database server without secrets', { DATABASE_URL: server.DATABASE_URL }, ['AUTH_SECRET', 'PASSWORD_PEPPER']],
    [
      'a public address without secrets',
      { PUBLIC_URL: 'https://login.example.com' },
      ['AUTH_SECRET', 'PASSWORD_PEPPER'],
    ],
    [
      'a database server without a pepper',
      { DATABASE_URL: server.DATABASE_URL, AUTH_SECRET: SECRET },
      ['PASSWORD_PEPPER'],
    ],
    [
      'a database server without AUTH_SECRET',
      { DATABASE_URL: server.DATABASE_URL, PASSWORD_PEPPER: PEPPER },
      ['AUTH_SECRET'],
    ],
    ['loopback and the embedded database need none', {}, []],
    ['loopback over https needs none', { PUBLIC_URL: 'https://localhost:3000' }, []],
  ])('%s', (_, env, names) => {
    const found = faults(env)
    expect(found.map((line) => required.exec(line)?.[1])).toEqual(names)
  })

  test('AUTH_SECRET and PASSWORD_PEPPER that are the same', () => {
    expect(faults({ AUTH_SECRET: SECRET, PASSWORD_PEPPER: SECRET })).toEqual([
      expect.stringMatching(/must not be the same/),
    ])
    expect(faults({ AUTH_SECRET: SECRET, PASSWORD_PEPPER: PEPPER })).toEqual([])
  })

  test('a secret of 32 bytes is long enough, of 31 it is not', () => {
    expect(faults({ AUTH_SECRET: SECRET })).toEqual([])
    expect(faults({ AUTH_SECRET: SECRET.slice(1) })).toEqual([
      expect.stringMatching(/^AUTH_SECRET must be at least 32 bytes/),
    ])
  })

  test.each<[string, boolean]>([
    ['http://login.example.com', false],
    ['http://192.168.1.10:3000', false],
    ['http://localhost.evil.example', false],
    ['http://0.0.0.0:3000', false],
    ['https://login.example.com', true],
    ['http://localhost:3000', true],
    ['http://127.0.0.1:3000', true],
    ['http://[::1]:3000', true],
  ])('plain http off this machine: %s may start: %s', (PUBLIC_URL, may) => {
    const found = faults({ AUTH_SECRET: SECRET, PASSWORD_PEPPER: PEPPER, PUBLIC_URL })
    expect(found).toEqual(may ? [] : ['PUBLIC_URL must be https:// unless it is this machine itself.'])
  })

  test.each<[string, boolean]>([
    ['postgresql://u:p@db.example.com/x', false],
    ['postgresql://u:p@db.example.com/x?sslmode=disable', false],
    ['postgresql://u:p@db.example.com/x?sslmode=prefer', false],
    ['postgresql://u:p@localhost/x?host=db.example.com', false],
    ['postgresql://u:p@10.0.0.5/x', false],
    ['postgresql://u:p@db.example.com/x?sslmode=require', true],
    ['postgresql://u:p@db.example.com/x?sslmode=verify-ca', true],
    ['postgres://u:p@db.example.com/x?sslmode=verify-full', true],
    ['postgresql://u:p@localhost/x', true],
    ['postgresql://u:p@127.0.0.1:5432/x', true],
    ['postgresql://u:p@[::1]/x', true],
    ['postgresql:///x?host=/var/run/postgresql', true],
  ])('a remote database without TLS: %s may start: %s', (DATABASE_URL, may) => {
    const found = faults({ ...server, DATABASE_URL })
    expect(found).toEqual(may ? [] : [expect.stringMatching(/^DATABASE_URL must end in \?sslmode=verify-full/)])
  })

  test('NODE_TLS_REJECT_UNAUTHORIZED=0', () => {
    expect(faults({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toEqual([
      expect.stringMatching(/^NODE_TLS_REJECT_UNAUTHORIZED /),
    ])
    expect(faults({ NODE_TLS_REJECT_UNAUTHORIZED: '1' })).toEqual([])
  })
})

test('LG-3: no message holds a secret or the database’s password', () => {
  const bad: Env[] = [
    { AUTH_SECRET: 'a-secret-that-is-short', PASSWORD_PEPPER: 'pepperpepperpepperpepperpepperpepper' },
    { AUTH_SECRET: SECRET, PASSWORD_PEPPER: SECRET },
    { DATABASE_URL: 'postgresql://latchkey:hunter2@db.example.com/x' },
    { DATABASE_URL: 'postgresql://latchkey:hunter2@db.example.com:notaport/x', AUTH_SECRET: SECRET },
    { DATABASE_URL: 'mysql://latchkey:hunter2@localhost/x' },
    { ...server, PUBLIC_URL: 'http://ada:hunter2@localhost' },
  ]
  for (const env of bad) {
    const said = faults(env).join('\n')
    expect(said).not.toBe('')
    for (const secret of ['a-secret', 'pepperpepper', SECRET, 'hunter2']) expect(said).not.toContain(secret)
  }
})

test.each<[Env, RegExp]>([
  [{ RATE_LIMIT_SCALE: '2' }, /^RATE_LIMIT_SCALE /],
  [{ PASSWORD_HASH_COST: '11' }, /^PASSWORD_HASH_COST /],
  [{ JWT_ISSUER: 'urn:latchkey' }, /^JWT_ISSUER is not PUBLIC_URL/],
  // MD-1: byte for byte.
  [{ JWT_ISSUER: 'http://localhost:3000/' }, /^JWT_ISSUER is not PUBLIC_URL/],
  [{ JWT_ACCESS_TOKEN_LIFETIME: '901' }, /^JWT_ACCESS_TOKEN_LIFETIME /],
])('%j starts with a warning', (env, warning) => {
  expect(readConfig(env).warnings).toEqual([expect.stringMatching(warning)])
})

test('an issuer that is PUBLIC_URL warns of nothing', () => {
  expect(readConfig({ JWT_ISSUER: 'http://localhost:3000' }).warnings).toEqual([])
})

test('at their limits these settings warn of nothing', () => {
  const env = { RATE_LIMIT_SCALE: '1', PASSWORD_HASH_COST: '12', JWT_ACCESS_TOKEN_LIFETIME: '15m' }
  expect(readConfig(env).warnings).toEqual([])
})

describe('the settings that shape tokens', () => {
  test.each<[Env, object]>([
    [{ JWT_AUDIENCE: 'shop' }, { shape: { audiences: ['shop'] } }],
    [
      { JWT_AUDIENCE: ' https://shop.example.com , blog,' },
      { shape: { audiences: ['https://shop.example.com', 'blog'] } },
    ],
    [{ JWT_LEEWAY: '30' }, { leewayMs: seconds(30), shape: { leewayS: 30 } }],
    [{ JWT_LEEWAY: '2m' }, { leewayMs: minutes(2), shape: { leewayS: 120 } }],
    [{ JWT_AUTH_HEADER_TYPES: 'JWT, Bearer' }, { authHeader: { schemes: ['JWT', 'Bearer'] } }],
    [{ JWT_AUTH_HEADER_NAME: 'X-Access-Token' }, { authHeader: { name: 'x-access-token' } }],
    [{ JWT_USER_ID_FIELD: 'username' }, { shape: { userIdField: 'username' } }],
    [
      { JWT_USER_ID_CLAIM: 'uid', JWT_TOKEN_TYPE_CLAIM: 'kind', JWT_JTI_CLAIM: 'tid' },
      { shape: { names: { userId: 'uid', tokenType: 'kind', tokenId: 'tid' } } },
    ],
    [{ JWT_CHECK_USER_IS_ACTIVE: 'false' }, { checksActive: false }],
    [{ TOKEN_PROFILE: 'rfc9068' }, { shape: { profile: 'rfc9068' } }],
    [
      { JWT_ACCESS_TOKEN_LIFETIME: '5m', JWT_REFRESH_TOKEN_LIFETIME: '7d' },
      { shape: { longestS: { access: 300, refresh: 604_800 } } },
    ],
  ])('%j', (env, jwt) => expect(readConfig(env).jwt).toMatchObject(jwt))

  test.each<[Env, string]>([
    [{ JWT_AUDIENCE: 'two words' }, 'JWT_AUDIENCE must be names without spaces, with commas between.'],
    [
      { JWT_AUDIENCE: 'shop,latchkey:api-refresh' },
      'JWT_AUDIENCE must not begin with latchkey:, which is for tokens that Latchkey alone accepts.',
    ],
    [{ JWT_LEEWAY: '6m' }, 'JWT_LEEWAY must be a time such as 300, 5m, 12h or 14d, at most 300 s.'],
    [{ JWT_LEEWAY: '-1' }, 'JWT_LEEWAY must be a time such as 300, 5m, 12h or 14d, at most 300 s.'],
    [{ JWT_AUTH_HEADER_TYPES: ',' }, 'JWT_AUTH_HEADER_TYPES must be one word or several such as Bearer,JWT.'],
    [{ JWT_AUTH_HEADER_TYPES: 'Bearer JWT' }, 'JWT_AUTH_HEADER_TYPES must be one word or several such as Bearer,JWT.'],
    [{ JWT_AUTH_HEADER_TYPES: 'Bearer,basic' }, 'JWT_AUTH_HEADER_TYPES must not be Basic, which carries passwords.'],
    [
      { JWT_AUTH_HEADER_NAME: 'HTTP_X_ACCESS_TOKEN' },
      'JWT_AUTH_HEADER_NAME is the plain name of a header here: write X-Access-Token instead of HTTP_X_ACCESS_TOKEN.',
    ],
    [
      { JWT_AUTH_HEADER_NAME: 'HTTP_AUTHORIZATION' },
      'JWT_AUTH_HEADER_NAME is the plain name of a header here: write Authorization instead of HTTP_AUTHORIZATION.',
    ],
    [{ JWT_AUTH_HEADER_NAME: 'X Token' }, 'JWT_AUTH_HEADER_NAME must be the name of a header such as X-Access-Token.'],
    [
      { JWT_AUTH_HEADER_NAME: 'Cookie' },
      'JWT_AUTH_HEADER_NAME must be a header without another meaning, such as X-Access-Token.',
    ],
    [
      { JWT_AUTH_HEADER_NAME: 'X-Latchkey-Peer' },
      'JWT_AUTH_HEADER_NAME must be a header without another meaning, such as X-Access-Token.',
    ],
    [{ JWT_USER_ID_FIELD: 'pk' }, 'JWT_USER_ID_FIELD must be id, email or username.'],
    [
      { JWT_USER_ID_CLAIM: 'user id' },
      'JWT_USER_ID_CLAIM must be a name of letters, digits, _ . and -, beginning with a letter.',
    ],
    [
      { JWT_JTI_CLAIM: '__proto__' },
      'JWT_JTI_CLAIM must be a name of letters, digits, _ . and -, beginning with a letter.',
    ],
    [{ JWT_USER_ID_CLAIM: 'sub' }, 'JWT_USER_ID_CLAIM must not be sub: that claim has a meaning of its own.'],
    [{ JWT_TOKEN_TYPE_CLAIM: 'roles' }, 'JWT_TOKEN_TYPE_CLAIM must not be roles: that claim has a meaning of its own.'],
    [{ JWT_JTI_CLAIM: 'user_id' }, 'JWT_JTI_CLAIM must not be user_id: that claim has a meaning of its own.'],
    [
      { JWT_USER_ID_CLAIM: 'one', JWT_JTI_CLAIM: 'one' },
      'JWT_JTI_CLAIM must not be the name of another claim as well.',
    ],
    [{ TOKEN_PROFILE: 'oauth' }, 'TOKEN_PROFILE must be contract or rfc9068.'],
    [
      { TOKEN_PROFILE: 'rfc9068', JWT_JTI_CLAIM: 'tid' },
      'JWT_JTI_CLAIM cannot be set together with TOKEN_PROFILE=rfc9068.',
    ],
    [
      { TOKEN_PROFILE: 'rfc9068', JWT_USER_ID_FIELD: 'email' },
      'JWT_USER_ID_FIELD cannot be set together with TOKEN_PROFILE=rfc9068.',
    ],
  ])('%j stops the start with a sentence', (env, sentence) => expect(faults(env)).toEqual([sentence]))

  test('JWT_CHECK_REVOKE_TOKEN=false changes nothing and says so', () => {
    const { warnings, ...config } = readConfig({ JWT_CHECK_REVOKE_TOKEN: 'false' })
    expect({ ...config, warnings: [] }).toEqual(readConfig({}))
    expect(warnings).toEqual([expect.stringMatching(/^JWT_CHECK_REVOKE_TOKEN=false has no effect/)])
    expect(readConfig({ JWT_CHECK_REVOKE_TOKEN: 'true' }).warnings).toEqual([])
  })

  test('JWT_CHECK_USER_IS_ACTIVE=false warns', () => {
    expect(readConfig({ JWT_CHECK_USER_IS_ACTIVE: '0' }).warnings).toEqual([
      expect.stringMatching(/^JWT_CHECK_USER_IS_ACTIVE is false/),
    ])
  })
})
