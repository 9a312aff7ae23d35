/**
 * TK-2, TK-8, TK-10 to TK-12 and TK-14 over HTTP: tokens that nothing may accept, most of them under the server's real keys, through the
 * Authorization header, every body and both cookies. Each is refused in words, never by a fault, and changes no session and no cookie.
 */
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import http from 'node:http'
import { ecdsa, forge, hmac, twin, type Hostile } from '../lib/testing/hostile/forge'
import { hostileBrowserRefresh, hostileSigned, resigned, type RealKeys } from '../lib/testing/hostile/hostile-tokens'
import { expect, newAddress, newPerson, test } from './people'
import { serverKeys } from './server-keys'
import { gateless, standard } from './servers'

type Claims = Record<string, unknown>
interface Reply {
  status: number
  headers: Headers
  body: string
}

let keys: RealKeys
test.beforeAll(async () => {
  keys = await serverKeys()
})

const claimsOf = (token: string): Claims => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
const seconds = () => Math.floor(Date.now() / 1000)

/** Not Playwright's own request: nothing but what stands here is sent, and no cookie is kept. */
async function send(path: string, init: RequestInit = {}): Promise<Reply> {
  const headers = { 'x-forwarded-for': newAddress(), ...(init.headers as Record<string, string>) }
  const reply = await fetch(new URL(path, standard.url), {
    ...init,
    headers,
    redirect: 'manual',
    signal: AbortSignal.timeout(30_000),
  })
  return { status: reply.status, headers: reply.headers, body: await reply.text() }
}
const post = (path: string, data: object, headers: Record<string, string> = {}) =>
  send(path, {
    method: 'POST',
    body: JSON.stringify(data),
    headers: { 'content-type': 'application/json', ...headers },
  })

/** Every place that takes a token. */
const places = {
  bearer: (token: string) => send('/api/me/', { headers: { authorization: `Bearer ${token}` } }),
  verify: (token: string) => post('/api/token/verify/', { token }),
  refresh: (refresh: string) => post('/api/token/refresh/', { refresh }),
  blacklist: (refresh: string) => post('/api/token/blacklist/', { refresh }),
  accessCookie: (token: string) => send('/auth/session/', { headers: { cookie: `access_token=${token}` } }),
  refreshCookie: (token: string) => send('/auth/session/', { headers: { cookie: `refresh_token=${token}` } }),
  gatelessCookie: (token: string) =>
    send(`${gateless.url}/auth/session/`, { headers: { cookie: `access_token=${token}` } }),
  accessPage: (token: string) => page(`access_token=${token}`),
  refreshPage: (token: string) => page(`refresh_token=${token}`),
}
type Place = keyof typeof places
const page = (cookie: string) => send('/dashboard', { headers: { cookie, accept: 'text/html' } })

/** The login page, which sends those on who are logged in. */
const login = (token: string) =>
  send('/login', { headers: { cookie: `access_token=${token}; refresh_token=${token}`, accept: 'text/html' } })

const isBody = (place: Place) => ['verify', 'refresh', 'blacklist'].includes(place)
const isPage = (place: Place) => place.endsWith('Page')
/** What a header can carry at all: the rest goes into bodies alone. */
const fitsHeader = (token: string) => /^[\x20-\x7e]*$/.test(token)

/** Null when the token was refused as it should be, or what happened instead. */
function mistake(place: Place, token: string, { status, headers, body }: Reply): string | null {
  if (headers.getSetCookie().length > 0) return `sets ${headers.getSetCookie().join()}`
  if (isPage(place))
    return status === 303 && headers.get('location')?.startsWith('/login')
      ? null
      : `${status} ${headers.get('location')}`
  // The rule of every field comes before the token's (docs/token-api.md, section 3).
  if (isBody(place) && token.includes('\u0000')) return status === 400 ? null : String(status)
  if (status !== 401) return `${status} ${body.slice(0, 80)}`
  const challenge = headers.get('www-authenticate') ?? ''
  if (!challenge.startsWith('Bearer realm="api"')) return `challenge ${challenge}`
  return isBody(place) && !challenge.endsWith(', error="invalid_token"') ? `challenge ${challenge}` : null
}

async function mistakes(hostile: Hostile[], at: Place[]): Promise<string[]> {
  const work = hostile.flatMap(([name, token]) =>
    at.filter((place) => isBody(place) || fitsHeader(token)).map((place) => ({ name, token, place })),
  )
  const found: string[] = []
  const worker = async () => {
    for (let next = work.pop(); next; next = work.pop()) {
      const { name, token, place } = next
      const wrong = mistake(place, token, await places[place](token))
      if (wrong) found.push(`${place}, ${name}: ${wrong}`)
    }
  }
  await Promise.all(Array.from({ length: 6 }, worker))
  return found.sort()
}

async function apiTokens(): Promise<{ access: string; refresh: string }> {
  const person = newPerson()
  expect((await post('/api/register/', person)).status).toBe(201)
  return JSON.parse((await post('/api/token/', person)).body)
}

async function browserTokens({ url } = standard): Promise<{ access: string; refresh: string }> {
  const reply = await post(`${url}/auth/register/`, newPerson(), { origin: url })
  const cookies = reply.headers.getSetCookie().join('\n')
  const value = (name: string) => new RegExp(`^${name}=([^;]*)`, 'm').exec(cookies)?.[1] ?? ''
  return { access: value('access_token'), refresh: value('refresh_token') }
}

/** The same claims under the same key must be seen as taken, or the list of mistakes would be empty for the wrong reason. */
async function expectTaken(token: string, at: Place[]): Promise<void> {
  const taken = (await mistakes([['genuine', token]], at)).map((text) => text.split(',')[0])
  expect(taken).toEqual([...at].sort())
  for (const place of at) expect([place, await statusAt(place, token)]).toEqual([place, 200])
}

const statusAt = async (place: Place, token: string) => (await places[place](token)).status

/** The status for a request with two Authorization lines, which fetch would make one. */
const twoHeaders = (...authorization: string[]) =>
  new Promise<number | undefined>((resolve, reject) => {
    const request = http.get(
      `${standard.url}/api/me/`,
      { headers: { authorization } as never, timeout: 30_000 },
      (reply) => {
        reply.resume()
        resolve(reply.statusCode)
      },
    )
    request.on('error', reject)
  })

test('TK-14 hostile access tokens, as Bearer and to verify', async () => {
  const { access } = await apiTokens()
  const claims = claimsOf(access)
  await expectTaken(resigned(claims, keys), ['bearer', 'verify'])
  const others: Hostile[] = [
    ['another user', resigned({ ...claims, sub: randomUUID() }, keys)],
    ['a session that is none', resigned({ ...claims, sid: randomUUID() }, keys)],
  ]
  const hostile = [...hostileSigned(claims, keys, seconds()), ...others]
  expect(hostile.filter(([, token]) => !fitsHeader(token)).length).toBeLessThan(10)
  expect(await mistakes(hostile, ['bearer', 'verify'])).toEqual([])
  expect(await statusAt('bearer', access)).toBe(200)
})

test('TK-14 hostile refresh tokens of a program, to refresh, verify and blacklist', async () => {
  const { access, refresh } = await apiTokens()
  const claims = claimsOf(refresh)
  await expectTaken(resigned(claims, keys), ['verify'])
  const hostile = hostileSigned(claims, keys, seconds())
  expect(await mistakes(hostile, ['refresh', 'verify', 'blacklist'])).toEqual([])
  // Nothing was rotated, used up or ended by any of them.
  expect(await statusAt('bearer', access)).toBe(200)
  expect(await mistakes([['genuine', resigned(claims, keys)]], ['refresh'])).toHaveLength(1)
})

test('TK-14 hostile access cookies, at a page and at the session', async () => {
  const { access } = await browserTokens()
  const claims = claimsOf(access)
  await expectTaken(resigned(claims, keys), ['accessCookie', 'accessPage'])
  expect(await mistakes(hostileSigned(claims, keys, seconds()), ['accessCookie', 'accessPage'])).toEqual([])
  expect(await statusAt('accessCookie', access)).toBe(200)
})

test('MW-2 hostile access cookies at a server without its gate', async () => {
  const own = await serverKeys(gateless)
  const claims = claimsOf((await browserTokens(gateless)).access)
  await expectTaken(resigned(claims, own), ['gatelessCookie'])
  expect(await mistakes(hostileSigned(claims, own, seconds()), ['gatelessCookie'])).toEqual([])
})

test('TK-14 hostile refresh cookies, at a page and at the session', async () => {
  const { access, refresh } = await browserTokens()
  const claims = claimsOf(refresh)
  expect(await mistakes(hostileBrowserRefresh(claims, keys), ['refreshCookie', 'refreshPage'])).toEqual([])
  expect(await statusAt('accessCookie', access)).toBe(200)
  await expectTaken(resigned(claims, keys), ['refreshCookie', 'refreshPage'])
})

test('TK-2 every kind of token at every place: where it belongs it is taken, everywhere else refused', async () => {
  const [api, browser] = [await apiTokens(), await browserTokens()]
  const kinds: [string, string, Place[]][] = [
    ['a program’s access token', api.access, ['bearer', 'verify']],
    ['a program’s refresh token', api.refresh, ['verify', 'refresh', 'blacklist']],
    ['a browser’s access token', browser.access, ['accessCookie', 'accessPage']],
    ['a browser’s refresh token', browser.refresh, ['refreshCookie', 'refreshPage']],
  ]
  for (const [name, token, home] of kinds) {
    const elsewhere = (Object.keys(places) as Place[]).filter((place) => !home.includes(place))
    expect(await mistakes([[name, token]], elsewhere)).toEqual([])
    expect([name, (await login(token)).status]).toEqual([name, name.startsWith('a browser') ? 303 : 200])
  }
  for (const [name, token, home] of kinds)
    for (const place of home.filter((one) => one !== 'blacklist'))
      expect([name, place, await statusAt(place, token)]).toEqual([name, place, 200])
})

test('TK-8 a forged token with the real session, generation and tag ends nothing', async () => {
  const [api, browser] = [await apiTokens(), await browserTokens()]
  const secret = hmac(Buffer.alloc(32, 1))
  const { privateKey: stranger } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const forged = (claims: Claims): Hostile[] =>
    [{}, { g: 0, jti: 'ab'.repeat(16) }, { jti: 'ab'.repeat(16) }, { exp: 1 }].flatMap((over): Hostile[] => {
      const all = { ...claims, ...over }
      const kid = keys.kid
      return [
        [`a stranger’s ${JSON.stringify(over)}`, forge({ alg: 'ES256', typ: 'JWT', kid }, all, ecdsa(stranger))],
        [
          `a secret’s ${JSON.stringify(over)}`,
          forge({ alg: 'HS256', typ: 'JWT', kid: 'browser-refresh' }, all, secret),
        ],
        [`nobody’s ${JSON.stringify(over)}`, forge({ alg: 'none', typ: 'JWT', kid }, all, () => Buffer.from('x'))],
      ]
    })

  // One generation on, so that a token of generation 0 would be a used one, and its return the alarm.
  const rotated = JSON.parse((await places.refresh(api.refresh)).body)
  expect(claimsOf(rotated.refresh).g).toBe(1)
  expect(await mistakes(forged(claimsOf(rotated.refresh)), ['refresh', 'blacklist', 'verify'])).toEqual([])
  expect(await statusAt('bearer', rotated.access)).toBe(200)
  expect(await statusAt('refresh', rotated.refresh)).toBe(200)

  expect(await mistakes(forged(claimsOf(browser.refresh)), ['refreshCookie', 'refreshPage'])).toEqual([])
  for (const [name, token] of forged(claimsOf(browser.refresh))) {
    const beside = await page(`access_token=${browser.access}; refresh_token=${token}`)
    expect([name, beside.status, beside.headers.getSetCookie()]).toEqual([name, 200, []])
    expect([name, (await login(token)).status]).toEqual([name, 200])
  }
  for (const [, token] of forged(claimsOf(browser.refresh)))
    await post('/auth/logout/', {}, { origin: standard.url, cookie: `refresh_token=${token}` })
  expect(await statusAt('accessCookie', browser.access)).toBe(200)
  expect(await statusAt('refreshCookie', browser.refresh)).toBe(200)
})

test('TK-10 the twin of a signature is the same token: it reaches the same session, and is used up and ended with it', async () => {
  const { access, refresh } = await apiTokens()
  expect(twin(access)).not.toBe(access)
  const session = async (token: string) => JSON.parse((await places.bearer(token)).body).session.id
  expect(await session(twin(access))).toBe(await session(access))

  const next = JSON.parse((await places.refresh(refresh)).body)
  const again = await places.refresh(twin(refresh))
  expect([again.status, JSON.parse(again.body).detail]).toEqual([401, 'Token is blacklisted'])
  expect(await statusAt('bearer', next.access)).toBe(401)

  const other = await apiTokens()
  expect(await statusAt('blacklist', twin(other.refresh))).toBe(200)
  for (const token of [other.refresh, twin(other.refresh)]) expect(await statusAt('refresh', token)).toBe(401)
  for (const token of [other.access, twin(other.access)]) expect(await statusAt('bearer', token)).toBe(401)
})

test('TK-11 a token counts as Authorization: Bearer or as its cookie, and nowhere else', async () => {
  const { access } = await apiTokens()
  const browser = await browserTokens()
  expect(await statusAt('bearer', access)).toBe(200)

  const names = ['token', 'access', 'access_token', 'bearer', 'authorization', 'jwt', 'api_key']
  const elsewhere: [string, Promise<Reply>][] = [
    ...names.map((name): [string, Promise<Reply>] => [`?${name}=`, send(`/api/me/?${name}=${access}`)]),
    ...names.map((name): [string, Promise<Reply>] => [`body ${name}`, post('/api/protected/', { [name]: access })]),
    ...names.map((name): [string, Promise<Reply>] => [
      `cookie ${name}`,
      send('/api/me/', { headers: { cookie: `${name}=${access}` } }),
    ]),
    ...[
      'x-access-token',
      'x-auth-token',
      'x-authorization',
      'token',
      'x-api-key',
      'proxy-authorization',
      'x-original-authorization',
      'x-forwarded-authorization',
    ].map((name): [string, Promise<Reply>] => [
      `header ${name}`,
      send('/api/me/', { headers: { [name]: `Bearer ${access}` } }),
    ]),
    ...['JWT', 'Token', 'Basic', 'DPoP', 'MAC', 'Digest', 'Bearer,', 'Bearer:', 'Bearer=', 'NotBearer'].map(
      (scheme): [string, Promise<Reply>] => [
        `scheme ${scheme}`,
        send('/api/me/', { headers: { authorization: `${scheme} ${access}` } }),
      ],
    ),
    ['no scheme', send('/api/me/', { headers: { authorization: access } })],
    [
      'as a password',
      send('/api/me/', { headers: { authorization: `Basic ${Buffer.from(`:${access}`).toString('base64')}` } }),
    ],
    ['two tokens', send('/api/me/', { headers: { authorization: `Bearer ${access} ${access}` } })],
    ['two schemes', send('/api/me/', { headers: { authorization: `Bearer ${access}, Bearer ${access}` } })],
    [
      'a Bearer behind another scheme',
      send('/api/me/', { headers: { authorization: `Basic YTpi, Bearer ${access}` } }),
    ],
    ['a browser’s token as its Bearer', places.bearer(browser.access)],
    [
      'a bad Bearer beside a good cookie',
      send('/api/me/', { headers: { authorization: 'Bearer x.y.z', cookie: `access_token=${browser.access}` } }),
    ],
    [
      'a good cookie alone, at the API',
      send('/api/me/', { headers: { cookie: `access_token=${browser.access}; refresh_token=${browser.refresh}` } }),
    ],
    [
      'a good Bearer, at the session of a browser',
      send('/auth/session/', { headers: { authorization: `Bearer ${access}` } }),
    ],
    [
      'a browser’s own token as Bearer, at its session',
      send('/auth/session/', { headers: { authorization: `Bearer ${browser.access}` } }),
    ],
    [
      'the cookie twice',
      send('/auth/session/', { headers: { cookie: `access_token=${browser.access}; access_token=${browser.access}` } }),
    ],
    ['the cookie in capitals', send('/auth/session/', { headers: { cookie: `ACCESS_TOKEN=${browser.access}` } })],
    [
      'the cookie’s name for https',
      send('/auth/session/', { headers: { cookie: `__Host-access_token=${browser.access}` } }),
    ],
  ]
  const taken: string[] = []
  for (const [name, reply] of elsewhere) {
    const { status, headers } = await reply
    if (status !== 401 || headers.getSetCookie().length > 0) taken.push(`${name}: ${status}`)
  }
  expect(taken).toEqual([])
  // Of two headers Node hands on the first; the second is never the one that counts.
  expect(await twoHeaders('Bearer x.y.z', `Bearer ${access}`)).toBe(401)
  expect(await twoHeaders('Basic YTpi', `Bearer ${access}`)).toBe(401)
  // A good Bearer is not spoiled by a bad cookie: the API reads none.
  const beside = { authorization: `Bearer ${access}`, cookie: 'access_token=x.y.z' }
  expect((await send('/api/me/', { headers: beside })).status).toBe(200)
})

test('TK-12 the challenge says whether a token was sent, and no more', async () => {
  const { access, refresh } = await apiTokens()
  const challenge = async (reply: Promise<Reply>) => {
    const { status, headers } = await reply
    return [status, headers.get('www-authenticate')]
  }
  const [plain, invalid] = ['Bearer realm="api"', 'Bearer realm="api", error="invalid_token"']
  const bearer = (authorization: string, path = '/api/me/') => challenge(send(path, { headers: { authorization } }))

  expect(await challenge(send('/api/me/'))).toEqual([401, plain])
  expect(await bearer('Basic YTpi')).toEqual([401, plain])
  expect(await challenge(post('/api/token/', { email: 'nobody@example.com', password: 'nothing at all' }))).toEqual([
    401,
    plain,
  ])
  expect(await challenge(post('/api/token/verify/', {}))).toEqual([400, null])
  for (const token of [
    'x',
    'x.y.z',
    refresh,
    resigned({ ...claimsOf(access), exp: 1 }, keys),
    resigned({ ...claimsOf(access), sid: randomUUID() }, keys),
  ]) {
    expect(await bearer(`Bearer ${token}`)).toEqual([401, invalid])
    expect(await bearer(`Bearer ${token}`, '/api/protected/')).toEqual([401, invalid])
  }
  for (const token of [
    'x',
    access,
    resigned({ ...claimsOf(refresh), exp: 1 }, keys),
    resigned({ ...claimsOf(refresh), sid: randomUUID() }, keys),
  ])
    for (const place of ['refresh', 'blacklist'] as const)
      expect(await challenge(places[place](token))).toEqual([401, invalid])
  // A page and its session have no token to ask for in a header, and name none.
  expect(await challenge(page('access_token=x.y.z'))).toEqual([303, null])
})
