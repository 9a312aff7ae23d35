/** The token API's guard through its real routes: the header settings, the challenge, the sentences of section 7, roles and permissions. */
import { beforeEach, describe, expect, test, vi } from 'vitest'
import * as blacklistRoute from '../../app/api/token/blacklist/route'
import * as meRoute from '../../app/api/me/route'
import * as obtainRoute from '../../app/api/token/route'
import * as protectedRoute from '../../app/api/protected/route'
import * as refreshRoute from '../../app/api/token/refresh/route'
import * as verifyRoute from '../../app/api/token/verify/route'
import { SignJWT } from 'jose'
import { readConfig } from '#lib/config'
import { openOnce } from '#lib/running'
import { PASSWORD, testLatchkey, type TestOptions } from '#lib/testing/test-latchkey'
import { testKeys } from '#lib/testing/test-tokens'
import type { Latchkey } from '#lib/wiring'
import { bearerOnly } from './bearer'
import { json } from './json-reply'

/** The one Latchkey of this process; each test puts another behind it. */
let current = { ...testLatchkey(), config: readConfig({}) }
await openOnce(async () => new Proxy({}, { get: (_, name) => (current as never)[name] }) as Latchkey)

function serve(env: Record<string, string> = {}, options: TestOptions = {}) {
  const config = readConfig(env)
  const { shape, checksActive, updateLastLogin } = config.jwt
  const settings = { shape, apiIgnoresActive: !checksActive, apiPolicy: config.jwt, recordsLastLogin: updateLastLogin }
  current = { ...testLatchkey({ ...settings, ...options }), config }
  return current.addUser()
}

const body = (fields: object) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(fields),
})
const call = (handler: (request: Request) => Promise<Response>, init: RequestInit = {}) =>
  handler(new Request('http://localhost:3000/api/x/', init))
const obtain = async (): Promise<{ access: string; refresh: string }> => {
  const reply = await call(obtainRoute.POST, body({ email: 'ada@example.com', password: PASSWORD }))
  expect(reply.status).toBe(200)
  return reply.json()
}
const view = (headers: Record<string, string>) => call(protectedRoute.GET, { headers })
const payloadOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
const NOT_PROVIDED = { detail: 'Authentication credentials were not provided.' }

beforeEach(() => void serve())

describe('JWT_AUTH_HEADER_TYPES', () => {
  test('F9: each of them is taken, in any capitals, and no other', async () => {
    serve({ JWT_AUTH_HEADER_TYPES: 'JWT,Token' })
    const { access } = await obtain()
    for (const scheme of ['JWT', 'jwt', 'Token', 'TOKEN'])
      expect((await view({ authorization: `${scheme} ${access}` })).status).toBe(200)
    const refused = await view({ authorization: `Bearer ${access}` })
    expect([refused.status, await refused.json()]).toEqual([401, NOT_PROVIDED])
  })

  test('the first stands in the challenge of every 401, of the token endpoints too', async () => {
    serve({ JWT_AUTH_HEADER_TYPES: 'JWT,Bearer' })
    const replies = [
      [await view({}), 'JWT realm="api"'],
      [await view({ authorization: 'JWT x' }), 'JWT realm="api", error="invalid_token"'],
      [await call(refreshRoute.POST, body({ refresh: 'x' })), 'JWT realm="api", error="invalid_token"'],
      [await call(verifyRoute.POST, body({ token: 'x' })), 'JWT realm="api", error="invalid_token"'],
      [await call(blacklistRoute.POST, body({ refresh: 'x' })), 'JWT realm="api", error="invalid_token"'],
      [await call(obtainRoute.POST, body({ email: 'a', password: 'b' })), 'JWT realm="api"'],
    ] as const
    for (const [reply, challenge] of replies)
      expect([reply.status, reply.headers.get('www-authenticate')]).toEqual([401, challenge])
  })

  test('unset, it is Bearer', async () => {
    expect((await view({})).headers.get('www-authenticate')).toBe('Bearer realm="api"')
    expect((await view({ authorization: `bEARER ${(await obtain()).access}` })).status).toBe(200)
  })
})

describe('JWT_AUTH_HEADER_NAME', () => {
  test('is the header that is read, with its scheme; Authorization is not read then', async () => {
    serve({ JWT_AUTH_HEADER_NAME: 'X-Access-Token' })
    const { access } = await obtain()
    expect((await view({ 'x-access-token': `Bearer ${access}` })).status).toBe(200)
    expect(await (await view({ 'x-access-token': access })).json()).toEqual(NOT_PROVIDED)
    expect(await (await view({ authorization: `Bearer ${access}` })).json()).toEqual(NOT_PROVIDED)
    expect((await view({ 'x-access-token': `Bearer ${access}`, authorization: 'Basic x' })).status).toBe(200)
  })

  test('unset, no other header counts', async () => {
    expect((await view({ 'x-access-token': `Bearer ${(await obtain()).access}` })).status).toBe(401)
  })
})

describe('token-api 7: a token without a user', () => {
  test('has its own sentence at the view, and is simply invalid elsewhere', async () => {
    const { signer } = await testKeys()
    const { user_id: _user, ...claims } = payloadOf((await obtain()).access)
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid: signer.kid })
      .sign(signer.key)
    const reply = await view({ authorization: `Bearer ${token}` })
    const sentence = { detail: 'Token contained no recognizable user identification', code: 'token_not_valid' }
    expect([reply.status, await reply.json()]).toEqual([401, sentence])
    expect(await (await call(verifyRoute.POST, body({ token }))).json()).toEqual({
      detail: 'Token is invalid',
      code: 'token_not_valid',
    })
  })
})

describe('JWT_CHECK_USER_IS_ACTIVE', () => {
  test('false: a deactivated user gets tokens and goes through; true: user_inactive', async () => {
    const ada = serve({ JWT_CHECK_USER_IS_ACTIVE: 'false' })
    Object.assign(current.rows.users.get(ada.id) ?? {}, { isActive: false })
    const { access } = await obtain()
    expect((await view({ authorization: `Bearer ${access}` })).status).toBe(200)
    const eve = serve()
    const tokens = await obtain()
    Object.assign(current.rows.users.get(eve.id) ?? {}, { isActive: false })
    const refused = await view({ authorization: `Bearer ${tokens.access}` })
    expect([refused.status, await refused.json()]).toEqual([401, { detail: 'User is inactive', code: 'user_inactive' }])
  })
})

describe('refreshing, by its settings', () => {
  /** What the reply holds: its tokens, or its sentence. */
  const refresh = async (token: string): Promise<Record<string, string>> =>
    (await call(refreshRoute.POST, body({ refresh: token }))).json()
  const both = ['access', 'refresh']

  test('unset: both tokens once; the same token again is reuse and ends the new ones', async () => {
    const { refresh: first } = await obtain()
    const next = await refresh(first)
    expect(Object.keys(next)).toEqual(both)
    expect(await refresh(first)).toEqual({ detail: 'Token is blacklisted', code: 'token_not_valid' })
    expect((await view({ authorization: `Bearer ${next.access}` })).status).toBe(401)
  })

  test('JWT_REFRESH_REUSE=tolerant: the parent again is both tokens again; once the child was used, it is reuse', async () => {
    serve({ JWT_REFRESH_REUSE: 'tolerant' })
    const { refresh: first } = await obtain()
    const lost = await refresh(first)
    const again = await refresh(first)
    expect([Object.keys(lost), Object.keys(again)]).toEqual([both, both])
    const child = await refresh(again.refresh ?? '')
    expect(Object.keys(child)).toEqual(both)
    expect(await refresh(first)).toMatchObject({ detail: 'Token is blacklisted' })
    expect((await view({ authorization: `Bearer ${child.access}` })).status).toBe(401)
  })

  test.each([
    ['JWT_ROTATE_REFRESH_TOKENS', { JWT_ROTATE_REFRESH_TOKENS: 'false' }, ['access']],
    ['JWT_BLACKLIST_AFTER_ROTATION', { JWT_BLACKLIST_AFTER_ROTATION: 'false' }, both],
    ['both', { JWT_ROTATE_REFRESH_TOKENS: 'false', JWT_BLACKLIST_AFTER_ROTATION: 'false' }, ['access']],
  ])('%s off: the same token refreshes again and again', async (_, env, kinds) => {
    serve(env)
    const { refresh: first } = await obtain()
    const replies = [await refresh(first), await refresh(first), await refresh(first)]
    for (const reply of replies) {
      expect(Object.keys(reply)).toEqual(kinds)
      expect((await view({ authorization: `Bearer ${reply.access}` })).status).toBe(200)
      if (reply.refresh) expect(Object.keys(await refresh(reply.refresh))).toEqual(kinds)
    }
  })
})

test('JWT_UPDATE_LAST_LOGIN: a login is written down, and with false it is not', async () => {
  for (const [setting, written] of [
    ['true', true],
    ['false', false],
  ] as const) {
    const { id } = serve({ JWT_UPDATE_LAST_LOGIN: setting })
    await obtain()
    expect([setting, current.rows.users.get(id)?.lastLoginAt !== null]).toEqual([setting, written])
  }
})

test.each([
  ['TOKEN_PROFILE=rfc9068', { TOKEN_PROFILE: 'rfc9068' }],
  ['an audience', { JWT_AUDIENCE: 'shop,blog' }],
  ['claims of other names', { JWT_USER_ID_CLAIM: 'uid', JWT_TOKEN_TYPE_CLAIM: 'kind', JWT_JTI_CLAIM: 'tid' }],
  ['the address as user id', { JWT_USER_ID_FIELD: 'email' }],
])('with %s the whole round works: obtain, view, verify both, refresh, blacklist', async (_, env) => {
  serve(env)
  const first = await obtain()
  expect((await view({ authorization: `Bearer ${first.access}` })).status).toBe(200)
  for (const token of [first.access, first.refresh])
    expect((await call(verifyRoute.POST, body({ token }))).status).toBe(200)
  expect(await (await call(refreshRoute.POST, body({ refresh: first.access }))).json()).toMatchObject({
    detail: 'Token has wrong type',
  })
  expect(await (await view({ authorization: `Bearer ${first.refresh}` })).json()).toMatchObject({
    messages: [{ message: 'Token has wrong type' }],
  })
  const second = await (await call(refreshRoute.POST, body({ refresh: first.refresh }))).json()
  expect((await view({ authorization: `Bearer ${second.access}` })).status).toBe(200)
  expect((await call(blacklistRoute.POST, body({ refresh: second.refresh }))).status).toBe(200)
  expect((await view({ authorization: `Bearer ${second.access}` })).status).toBe(401)
})

describe('groups and permissions', () => {
  const me = async (access: string) =>
    (await call(meRoute.GET, { headers: { authorization: `Bearer ${access}` } })).json()
  const reports = bearerOnly(async ({ user }) => json(200, { id: user.id }), { permission: 'view_reports' })

  test('/api/me/ tells them as they are now, not as they were at login', async () => {
    const { id } = serve()
    const { access } = await obtain()
    expect(await me(access)).toMatchObject({ groups: [], permissions: [] })
    current.rows.grants.set(id, { groups: ['editors'], permissions: ['view_reports'] })
    expect(await me(access)).toMatchObject({ groups: ['editors'], permissions: ['view_reports'] })
    expect(payloadOf(access).roles).toEqual([])
  })

  test('a route for a permission: 401 without a token, 403 without it, 200 with it, and 403 again when it is taken away', async () => {
    const { id } = serve()
    const { access } = await obtain()
    const ask = () => call(reports.GET, { headers: { authorization: `Bearer ${access}` } })
    expect((await call(reports.GET)).status).toBe(401)
    const refused = await ask()
    expect([refused.status, await refused.json()]).toEqual([
      403,
      { detail: 'You do not have permission to perform this action.', code: 'permission_denied' },
    ])
    expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="api", error="insufficient_scope"')
    current.rows.grants.set(id, { groups: ['a'], permissions: ['view_reports_too', 'view_report'] })
    expect((await ask()).status).toBe(403)
    current.rows.grants.set(id, { groups: ['a'], permissions: ['view_reports'] })
    expect((await ask()).status).toBe(200)
    current.rows.grants.delete(id)
    expect((await ask()).status).toBe(403)
  })

  test('a superuser has every permission', async () => {
    const { id } = serve()
    const { access } = await obtain()
    Object.assign(current.rows.users.get(id) ?? {}, { isSuperuser: true })
    expect((await call(reports.GET, { headers: { authorization: `Bearer ${access}` } })).status).toBe(200)
  })
})

describe('what cannot be issued', () => {
  const quiet = () => vi.spyOn(console, 'error').mockImplementation(() => {})

  test('too many roles: 500 with its code at login, and the log says whose token and what to do', async () => {
    const { id } = serve()
    current.rows.grants.set(id, {
      groups: Array.from({ length: 100 }, (_, i) => `a rather long role ${i}`),
      permissions: [],
    })
    const log = quiet()
    const reply = await call(obtainRoute.POST, body({ email: 'ada@example.com', password: PASSWORD }))
    const written = String(log.mock.calls[0]?.[0])
    log.mockRestore()
    expect([reply.status, await reply.json()]).toEqual([
      500,
      { detail: 'A token for this account would be too large.', code: 'token_too_large' },
    ])
    expect(written).toContain(`The token of user ${id} would have`)
    expect(written).toContain('Give the account fewer groups (it has 100)')
    expect(written).not.toMatch(/rather long role|ada@example/)
  })

  test('a hook that throws: 500 without a detail, and the log names the hook and what it threw', async () => {
    serve({}, { hooks: { claims: { names: ['plan'], of: () => Promise.reject(new Error('billing is down')) } } })
    const log = quiet()
    const reply = await call(obtainRoute.POST, body({ email: 'ada@example.com', password: PASSWORD }))
    const written = String(log.mock.calls[0]?.[0])
    log.mockRestore()
    expect([reply.status, await reply.json()]).toEqual([
      500,
      { detail: 'Something went wrong on our side.', code: 'error' },
    ])
    expect(written).toContain('The claims hook in lib/hooks.ts threw: Error: billing is down')
  })
})
