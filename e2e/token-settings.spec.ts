/** The settings that shape tokens on a server of their own: what they write, what they ask, and a start that says what it made of them. */
import path from 'node:path'
import { manageOn } from './new-client'
import { expect, newAddress, newPerson, registerByApi, test } from './people'
import { pause, startServer, type ServerProcess } from './server-process'
import { scratch } from './servers'

test.describe.configure({ mode: 'serial' })

const started: ServerProcess[] = []
test.afterEach(async () => {
  for (const server of started.splice(0)) {
    server.kill('SIGKILL')
    await server.exited
  }
})

const partOf = (token: string, i: number) => JSON.parse(Buffer.from(token.split('.')[i] ?? '', 'base64url').toString())

test('contract: audience, claim names, user id, header and schemes, from the first login to the view', async ({
  request,
}) => {
  const { url, output } = await startServer(
    'token-settings',
    {
      ...{ JWT_AUDIENCE: 'shop,blog', JWT_USER_ID_FIELD: 'username', JWT_USER_ID_CLAIM: 'uid' },
      ...{ JWT_TOKEN_TYPE_CLAIM: 'kind', JWT_JTI_CLAIM: 'tid', JWT_AUTH_HEADER_TYPES: 'JWT,Token' },
      ...{ JWT_AUTH_HEADER_NAME: 'X-Access-Token', JWT_CHECK_REVOKE_TOKEN: 'false', TRUSTED_PROXIES: '127.0.0.1' },
      ...{ JWT_REFRESH_TOKEN_LIFETIME: '1s', JWT_LEEWAY: '60', CORS_ORIGINS: 'https://app.example.com' },
    },
    (server) => void started.push(server),
  )
  expect(output()).toContain('Warning: JWT_CHECK_REVOKE_TOKEN=false has no effect')
  const person = newPerson()
  const headers = { 'x-forwarded-for': newAddress() }
  await registerByApi(request, person, url)
  const { access, refresh } = await (await request.post(`${url}/api/token/`, { data: person, headers })).json()
  expect(partOf(access, 1)).toMatchObject({ aud: ['shop', 'blog'], uid: person.username, kind: 'access', roles: [] })
  const view = (sent: Record<string, string>) => request.get(`${url}/api/protected/`, { headers: sent })
  expect((await view({ 'x-access-token': `token ${access}` })).status()).toBe(200)
  const refused = await view({ authorization: `JWT ${access}` })
  expect([refused.status(), refused.headers()['www-authenticate']]).toEqual([401, 'JWT realm="api"'])
  const preflight = { origin: 'https://app.example.com', 'access-control-request-method': 'GET' }
  const allowed = await request.fetch(`${url}/api/me/`, { method: 'OPTIONS', headers: preflight })
  expect(allowed.headers()['access-control-allow-headers']).toBe('authorization, content-type, x-access-token')
  const { components } = await (await request.get(`${url}/api/openapi.json`)).json()
  expect(components.securitySchemes.bearer).toMatchObject({ type: 'apiKey', name: 'X-Access-Token' })
  expect(await (await request.get(`${url}/api/docs`)).text()).toContain('X-Access-Token: JWT eyJ')
  // Past its exp and within the leeway: the session in the database must not have run out before it.
  await pause(1000 * partOf(refresh, 1).exp - Date.now() + 1000)
  expect((await request.post(`${url}/api/token/refresh/`, { data: { refresh } })).status()).toBe(200)
})

test('rfc9068: at+jwt and its claims, for programs and in a browser’s cookie, which still opens the pages', async ({
  page,
  request,
}) => {
  const settings = { TOKEN_PROFILE: 'rfc9068', JWT_AUDIENCE: 'https://shop.example.com', TRUSTED_PROXIES: '127.0.0.1' }
  const { url } = await startServer('rfc9068', settings, (server) => void started.push(server))
  const person = newPerson()
  await registerByApi(request, person, url)
  const { access, refresh } = await (await request.post(`${url}/api/token/`, { data: person })).json()
  expect([partOf(access, 0).typ, partOf(refresh, 0).typ]).toEqual(['at+jwt', 'rt+jwt'])
  expect(Object.keys(partOf(access, 1)).sort()).toEqual(
    ['aud', 'amr', 'auth_time', 'client_id', 'exp', 'g', 'iat', 'iss', 'jti', 'scope', 'sid', 'sub'].sort(),
  )
  expect((await request.get(`${url}/api/me/`, { headers: { authorization: `Bearer ${access}` } })).status()).toBe(200)
  expect((await request.post(`${url}/api/token/refresh/`, { data: { refresh: access } })).status()).toBe(401)
  expect((await request.post(`${url}/api/token/refresh/`, { data: { refresh } })).status()).toBe(200)
  await page.goto(`${url}/login`)
  await page.getByLabel('Email or username').fill(person.username)
  await page.getByLabel('Password', { exact: true }).fill(person.password)
  await page.getByRole('button', { name: 'Log in' }).click()
  await expect(page).toHaveURL(/\/dashboard$/)
  const cookie = (await page.context().cookies(url)).find(({ name }) => name === 'access_token')
  expect(partOf(cookie?.value ?? '', 1)).toMatchObject({ scope: 'browser', aud: 'https://shop.example.com' })
})

test('tolerant: a lost reply costs nothing while nobody used it; afterwards the same token is reuse', async ({
  request,
}) => {
  const settings = { JWT_REFRESH_REUSE: 'tolerant' }
  const { url } = await startServer('tolerant', settings, (server) => void started.push(server))
  const person = newPerson()
  await registerByApi(request, person, url)
  const first = await (await request.post(`${url}/api/token/`, { data: person })).json()
  const refresh = (token: string) => request.post(`${url}/api/token/refresh/`, { data: { refresh: token } })
  const me = async (access: string) =>
    (await request.get(`${url}/api/me/`, { headers: { authorization: `Bearer ${access}` } })).status()
  const lost = await (await refresh(first.refresh)).json()
  const again = await (await refresh(first.refresh)).json()
  for (const pair of [lost, again])
    expect([Object.keys(pair), await me(pair.access)]).toEqual([['access', 'refresh'], 200])
  const child = await (await refresh(again.refresh)).json()
  expect(await me(child.access)).toBe(200)
  const reused = await refresh(first.refresh)
  expect([reused.status(), await reused.json()]).toEqual([
    401,
    { detail: 'Token is blacklisted', code: 'token_not_valid' },
  ])
  expect([await me(child.access), (await refresh(child.refresh)).status()]).toEqual([401, 401])
})

test('rotation, single use and last login off: one refresh token for every refresh, and no login is written down', async ({
  request,
}) => {
  const settings = {
    ...{ JWT_ROTATE_REFRESH_TOKENS: 'false', JWT_BLACKLIST_AFTER_ROTATION: 'false', JWT_UPDATE_LAST_LOGIN: 'false' },
    DATA_DIR: path.join(scratch, 'as-they-are'),
  }
  const { url } = await startServer('as-they-are', settings, (server) => void started.push(server))
  const person = newPerson()
  await registerByApi(request, person, url)
  const { refresh } = await (await request.post(`${url}/api/token/`, { data: person })).json()
  for (let i = 0; i < 3; i++) {
    const reply = await (await request.post(`${url}/api/token/refresh/`, { data: { refresh } })).json()
    expect(Object.keys(reply)).toEqual(['access'])
    const me = await request.get(`${url}/api/me/`, { headers: { authorization: `Bearer ${reply.access}` } })
    expect(me.status()).toBe(200)
  }
  expect(JSON.parse(await manageOn(settings, ['user', 'show', person.email, '--json']))).toMatchObject({
    email: person.email,
    last_login_at: null,
  })
})

test('a header in Django’s form stops the start with the name to write', async () => {
  const server = await startServer('cgi-name', { JWT_AUTH_HEADER_NAME: 'HTTP_X_ACCESS_TOKEN' })
  expect(await server.exited).toBe(1)
  expect(server.output()).toContain('write X-Access-Token instead of HTTP_X_ACCESS_TOKEN')
})
