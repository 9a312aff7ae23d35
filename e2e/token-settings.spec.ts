/** The settings that shape tokens on a server of their own: what they write, what they ask, and a start that says what it made of them. */
import { expect, newAddress, newPerson, registerByApi, test } from './people'
import { pause, startServer, type ServerProcess } from './server-process'

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
      ...{ JWT_REFRESH_TOKEN_LIFETIME: '1s', JWT_LEEWAY: '60' },
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

test('a header in Django’s form stops the start with the name to write', async () => {
  const server = await startServer('cgi-name', { JWT_AUTH_HEADER_NAME: 'HTTP_X_ACCESS_TOKEN' })
  expect(await server.exited).toBe(1)
  expect(server.output()).toContain('write X-Access-Token instead of HTTP_X_ACCESS_TOKEN')
})
