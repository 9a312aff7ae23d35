/** The token API's first endpoints over HTTP, sentence for sentence (docs/token-api.md, sections 1 to 7). */
import type { APIRequestContext, APIResponse } from '@playwright/test'
import { expect, newAddress, newPerson, registerByApi, test } from './people'

const answer = async (reply: APIResponse) => [reply.status(), await reply.json()]
const obtain = async (request: APIRequestContext, body: object) =>
  (await request.post('/api/token/', { data: body })).json()
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })
const claims = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())

const refused = { detail: 'No active account found with the given credentials' }
const notValid = (detail: string) => ({ detail, code: 'token_not_valid' })
const required = (field: string) => ({ [field]: ['This field is required.'] })

for (const slash of ['/', '']) {
  test(`register, obtain, use, refresh, verify and log out, ${slash ? 'with' : 'without'} the final slash, by JSON and by form`, async ({
    request,
    person,
  }) => {
    const { email, username, password } = person
    expect(
      await answer(
        await request.post(`/api/register${slash}`, {
          data: { email: email.replace('example', 'EXAMPLE'), username, password },
        }),
      ),
    ).toEqual([201, { email, username }])
    const obtained = await request.post(`/api/token${slash}`, { form: { email, password } })
    expect(obtained.status()).toBe(200)
    expect(Object.keys(await obtained.json())).toEqual(['refresh', 'access'])
    const { access, refresh } = await obtained.json()
    expect(await answer(await request.get(`/api/protected${slash}`, bearer(access)))).toEqual([
      200,
      { message: 'This view is protected' },
    ])
    expect(await answer(await request.post(`/api/token/verify${slash}`, { form: { token: access } }))).toEqual([
      200,
      {},
    ])
    expect(await answer(await request.post(`/api/token/verify${slash}`, { data: { token: refresh } }))).toEqual([
      200,
      {},
    ])
    const rotated = await (await request.post(`/api/token/refresh${slash}`, { form: { refresh } })).json()
    expect(Object.keys(rotated)).toEqual(['access', 'refresh'])
    expect(
      await answer(await request.post(`/api/token/blacklist${slash}`, { data: { refresh: rotated.refresh } })),
    ).toEqual([200, {}])
    // Logging out ends the access tokens too.
    expect((await request.get(`/api/protected${slash}`, bearer(rotated.access))).status()).toBe(401)
  })
}

test('claims: what SimpleJWT writes, and ours beside it; no cookie is set', async ({ request, person }) => {
  await registerByApi(request, person)
  const reply = await request.post('/api/token/', { data: person })
  expect(reply.headers()['set-cookie']).toBeUndefined()
  expect(reply.headers()['cache-control']).toContain('no-store')
  const { access, refresh } = await reply.json()
  expect(claims(access)).toMatchObject({ token_type: 'access', email: person.email, roles: [] })
  expect(claims(access).exp - claims(access).iat).toBe(600)
  expect(claims(refresh).exp - claims(refresh).iat).toBe(86_400)
  expect(claims(access).jti).toMatch(/^[0-9a-f]{32}$/)
  expect(claims(access).user_id).toBe(claims(refresh).user_id)
  expect(claims(access)).toMatchObject({ sub: claims(access).user_id, sid: claims(refresh).sid })
})

test('GET /api/me/ is one’s own record and session', async ({ request, person }) => {
  await registerByApi(request, person)
  const { access } = await obtain(request, person)
  const me = await (await request.get('/api/me/', bearer(access))).json()
  expect(me).toMatchObject({
    email: person.email,
    username: person.username,
    groups: [],
    permissions: [],
    session: { id: claims(access).sid, kind: 'api' },
  })
})

test('EN-1 a wrong password and an unknown account are the same byte for byte, headers too', async ({
  request,
  person,
}) => {
  await registerByApi(request, person)
  const seen = []
  for (const email of [person.email, `not-${person.email}`]) {
    const reply = await request.post('/api/token/', { data: { email, password: 'not the password' } })
    const { date, 'x-request-id': id, ...headers } = reply.headers()
    expect([date, id].every(Boolean)).toBe(true)
    seen.push([reply.status(), await reply.text(), headers])
  }
  expect(seen[0]).toEqual(seen[1])
  expect(seen[0]?.slice(0, 2)).toEqual([401, JSON.stringify(refused)])
})

test('missing, null, blank and odd fields, all at once', async ({ request }) => {
  expect(await answer(await request.post('/api/register/', { data: {} }))).toEqual([
    400,
    { ...required('email'), ...required('username'), ...required('password') },
  ])
  expect(await answer(await request.post('/api/token/', { data: {} }))).toEqual([
    400,
    { ...required('email'), ...required('password') },
  ])
  expect(await answer(await request.post('/api/token/', { data: { email: null, password: [] } }))).toEqual([
    400,
    { email: ['This field may not be null.'], password: ['Not a valid string.'] },
  ])
  expect(await answer(await request.post('/api/token/refresh/', { data: { refresh: '  ' } }))).toEqual([
    400,
    { refresh: ['This field may not be blank.'] },
  ])
  expect(await answer(await request.post('/api/token/verify/'))).toEqual([400, required('token')])
})

test('bodies and methods that are none', async ({ request }) => {
  const post = (data: string, type: string) =>
    request.post('/api/token/', { data: Buffer.from(data), headers: { 'content-type': type } })
  expect(await answer(await post('hello', 'text/plain'))).toEqual([
    415,
    { detail: 'Unsupported media type "text/plain" in request.' },
  ])
  expect((await answer(await post('{"email":', 'application/json')))[1].detail).toMatch(/^JSON parse error - /)
  expect(await answer(await post('[1]', 'application/json'))).toEqual([
    400,
    { non_field_errors: ['Invalid data. Expected a dictionary, but got list.'] },
  ])
  expect((await post(`{"email":"${'x'.repeat(20_000)}"}`, 'application/json')).status()).toBe(413)
  const put = await request.put('/api/token/', { data: {} })
  expect(await answer(put)).toEqual([405, { detail: 'Method "PUT" not allowed.' }])
  expect(put.headers().allow).toBe('POST, OPTIONS')
  expect(await answer(await request.get('/api/no/such/path'))).toEqual([
    404,
    { detail: 'Not found.', code: 'not_found' },
  ])
})

test('wrong kind, tampered and revoked tokens, at every endpoint', async ({ request, person }) => {
  await registerByApi(request, person)
  const { access, refresh } = await obtain(request, person)
  const [head, body] = access.split('.')
  const tampered = `${head}.${body}.${'A'.repeat(86)}`
  const at = async (path: string, field: string, token: string) =>
    answer(await request.post(`/api/token/${path}/`, { data: { [field]: token } }))
  for (const path of ['refresh', 'blacklist']) {
    expect(await at(path, 'refresh', access)).toEqual([401, notValid('Token has wrong type')])
    expect(await at(path, 'refresh', tampered)).toEqual([401, notValid('Token is invalid')])
    expect(await at(path, 'refresh', 'nonsense')).toEqual([401, notValid('Token is invalid')])
  }
  expect(await at('verify', 'token', tampered)).toEqual([401, notValid('Token is invalid')])
  expect(await at('refresh', 'refresh', refresh)).toMatchObject([200, {}])
  // The return of a used token ends the session.
  for (const [path, field] of [
    ['refresh', 'refresh'],
    ['blacklist', 'refresh'],
    ['verify', 'token'],
  ] as const) {
    expect(await at(path, field, refresh)).toEqual([401, notValid('Token is blacklisted')])
  }
  expect(await at('verify', 'token', access)).toEqual([401, notValid('Token is invalid')])
  const messages = [{ token_class: 'AccessToken', token_type: 'access', message: 'Token is invalid' }]
  expect(await answer(await request.get('/api/protected/', bearer(access)))).toEqual([
    401,
    { ...notValid('Given token not valid for any token type'), messages },
  ])
})

test('an expired access token and refresh token say so', async ({ request, person }) => {
  const { hasty } = await import('./servers')
  await request.post(`${hasty.url}/api/register/`, { data: person })
  const { access } = await (await request.post(`${hasty.url}/api/token/`, { data: person })).json()
  await new Promise((resolve) => setTimeout(resolve, 2500))
  expect(await answer(await request.post(`${hasty.url}/api/token/verify/`, { data: { token: access } }))).toEqual([
    401,
    notValid('Token is expired'),
  ])
  const reply = await request.get(`${hasty.url}/api/protected/`, bearer(access))
  expect((await reply.json()).messages[0].message).toBe('Token is expired')
})

test('the authorization header', async ({ request, person }) => {
  await registerByApi(request, person)
  const { access, refresh } = await obtain(request, person)
  const none = { detail: 'Authentication credentials were not provided.' }
  const malformed = {
    detail: 'Authorization header must contain two space-delimited values',
    code: 'bad_authorization_header',
  }
  for (const [value, body] of [
    ['', none],
    ['Basic YTpi', none],
    ['Bearer', malformed],
    ['Bearer a b', malformed],
  ] as const) {
    expect(await answer(await request.get('/api/protected/', { headers: { authorization: value } }))).toEqual([
      401,
      body,
    ])
  }
  const reply = await request.get('/api/protected/')
  expect(reply.headers()['www-authenticate']).toBe('Bearer realm="api"')
  expect((await request.get(`/api/protected/?token=${access}`)).status()).toBe(401)
  expect((await (await request.get('/api/protected/', bearer(refresh))).json()).messages[0].message).toBe(
    'Token has wrong type',
  )
  expect((await request.post('/api/protected/')).status()).toBe(401)
  expect((await request.post('/api/protected/', bearer(access))).status()).toBe(405)
  expect((await request.get('/api/protected/', { headers: { authorization: `bEARER   ${access} ` } })).status()).toBe(
    200,
  )
})

test('TK-11 a browser’s cookie opens no API, and its access token is no Bearer', async ({
  page,
  registered,
  context,
}) => {
  expect(registered).toBeTruthy()
  expect((await page.request.get('/api/me/')).status()).toBe(401)
  const access = (await context.cookies()).find(({ name }) => name === 'access_token')?.value ?? ''
  expect((await page.request.get('/api/me/', bearer(access))).status()).toBe(401)
})

test('TH-1 of fifty wrong passwords at once at most five are looked at; TH-2 the others are told when to come back', async ({
  request,
  person,
}) => {
  await registerByApi(request, person)
  const headers = { 'x-forwarded-for': newAddress() }
  const guess = (i: number) =>
    request.post('/api/token/', { data: { email: person.email, password: `guess ${i}` }, headers })
  const replies = await Promise.all(Array.from({ length: 50 }, (_, i) => guess(i)))
  expect(replies.filter((reply) => reply.status() === 401).length).toBeLessThanOrEqual(5)
  const late = replies.find((reply) => reply.status() === 429)
  expect(await late?.json()).toEqual({
    detail: expect.stringMatching(/^Request was throttled\. Expected available in \d+ seconds?\.$/),
    code: 'throttled',
  })
  expect(Number(late?.headers()['retry-after'])).toBeGreaterThan(0)
})

test('twelve right passwords at once are all right', async ({ request, person }) => {
  await registerByApi(request, person)
  const replies = await Promise.all(
    Array.from({ length: 12 }, () =>
      request.post('/api/token/', { data: { email: person.email, password: person.password } }),
    ),
  )
  expect(replies.map((reply) => reply.status())).toEqual(Array(12).fill(200))
})

test('section 3: ten registrations an hour and address, then 429; the form says how long', async ({
  page,
  request,
}) => {
  // Those of one browser and its programs: the fixture's address.
  for (let i = 0; i < 10; i++) await registerByApi(request, newPerson())
  const late = await request.post('/api/register/', { data: newPerson() })
  expect(late.status()).toBe(429)
  expect(await late.json()).toMatchObject({ code: 'throttled' })
  expect(Number(late.headers()['retry-after'])).toBeGreaterThan(3000)
  // Nobody learns any more whether a name is taken.
  const taken = { ...newPerson(), email: 'x@example.com' }
  expect((await request.post('/api/register/', { data: { ...taken, password: 'short' } })).status()).toBe(429)
  const { email, username, password } = newPerson()
  await page.goto('/register')
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByText(/Too many attempts\. Please wait \d+ minutes/)).toBeVisible()
  await expect(page.getByLabel('Email')).toHaveValue(email)
})

test('of eight refreshes at once one wins, and the session is over', async ({ request, person }) => {
  await registerByApi(request, person)
  const { refresh } = await obtain(request, person)
  const replies = await Promise.all(
    Array.from({ length: 8 }, () => request.post('/api/token/refresh/', { data: { refresh } })),
  )
  expect(replies.filter((reply) => reply.status() === 200)).toHaveLength(1)
  const winner = await replies.find((reply) => reply.status() === 200)?.json()
  expect((await request.get('/api/protected/', bearer(winner.access))).status()).toBe(401)
})
