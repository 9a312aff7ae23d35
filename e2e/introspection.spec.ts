/** Introspection (RFC 7662) and revocation (RFC 7009) over HTTP, for a client made by the command line beside the running server. */
import type { APIRequestContext, APIResponse } from '@playwright/test'
import { basic, manage, newClient, type Client } from './new-client'
import { expect, newAddress, registerByApi, test, type Person } from './people'

let client: Client

test.beforeAll(async () => {
  client = await newClient()
})

const credentials = (who: Client) => basic(who).authorization
const obtain = async (request: APIRequestContext, person: Person) => {
  await registerByApi(request, person)
  return (await request.post('/api/token/', { data: person })).json()
}
const introspect = (request: APIRequestContext, form: Record<string, string>, who = client) =>
  request.post('/api/token/introspect/', { form, headers: basic(who) })
const told = async (request: APIRequestContext, token: string) => (await introspect(request, { token })).json()
const revoke = (request: APIRequestContext, form: Record<string, string>) =>
  request.post('/api/token/revoke/', { form, headers: basic(client) })
const claims = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
const answer = async (reply: APIResponse) => [reply.status(), await reply.json()]

const inactive = [200, { active: false }]
const invalidClient = { error: 'invalid_client', detail: 'Client authentication failed.', code: 'invalid_client' }

for (const slash of ['/', '']) {
  test(`IN-1 both tokens are active, each as what it is, ${slash ? 'with' : 'without'} the final slash, by form and by JSON`, async ({
    request,
    person,
  }) => {
    const { access, refresh } = await obtain(request, person)
    const { sub, sid, iss, jti, iat, exp } = claims(access)
    const known = { active: true, sub, username: person.username, sid, iss }
    for (const body of [{ form: { token: access, token_type_hint: 'refresh_token' } }, { data: { token: access } }]) {
      const reply = await request.post(`/api/token/introspect${slash}`, { ...body, headers: basic(client) })
      expect(await answer(reply)).toEqual([
        200,
        { ...known, token_use: 'access', token_type: 'Bearer', roles: [], jti, iat, exp },
      ])
      expect(reply.headers()['cache-control']).toContain('no-store')
      expect(reply.headers()['set-cookie']).toBeUndefined()
    }
    const reply = await request.post(`/api/token/introspect${slash}`, {
      form: { token: refresh },
      headers: basic(client),
    })
    const own = claims(refresh)
    expect(await reply.json()).toEqual({ ...known, token_use: 'refresh', jti: own.jti, iat: own.iat, exp: own.exp })
  })
}

test('IN-1 without a client’s secret there is 401 and nothing more, whatever is asked', async ({ request, person }) => {
  const { access } = await obtain(request, person)
  const wrong = [
    undefined,
    '',
    'Basic',
    'Basic !!!',
    `Bearer ${access}`,
    `Bearer ${client.secret}`,
    credentials({ ...client, secret: `${client.secret}x` }),
    credentials({ ...client, secret: '' }),
    credentials({ ...client, id: '00000000-0000-4000-8000-000000000000' }),
    credentials({ ...client, id: 'nobody' }),
    `${credentials(client)}, ${credentials(client)}`,
  ]
  for (const path of ['introspect', 'revoke']) {
    const replies = await Promise.all(
      wrong.map((authorization) =>
        request.post(`/api/token/${path}/`, {
          form: { token: access },
          headers: authorization === undefined ? {} : { authorization },
        }),
      ),
    )
    for (const reply of replies) {
      expect(await answer(reply)).toEqual([401, invalidClient])
      expect(reply.headers()['www-authenticate']).toBe('Basic realm="api"')
    }
    // A body of the wrong kind, none, and another method are not looked at before that.
    expect((await request.post(`/api/token/${path}/`)).status()).toBe(401)
    expect((await request.post(`/api/token/${path}/`, { data: Buffer.from('x') })).status()).toBe(401)
    expect((await request.get(`/api/token/${path}/`)).status()).toBe(401)
  }
  // The credentials count in the header alone, the token in the body alone.
  const inBody = { token: access, client_id: client.id, client_secret: client.secret }
  expect((await request.post('/api/token/introspect/', { form: inBody })).status()).toBe(401)
  expect((await request.post(`/api/token/introspect/?token=${access}`, { headers: basic(client) })).status()).toBe(400)
  expect(await told(request, access)).toMatchObject({ active: true })
})

test('an unknown client and a wrong secret are the same byte for byte, headers too', async ({ request }) => {
  const seen = []
  for (const who of [
    { ...client, secret: 'wrong' },
    { ...client, id: '00000000-0000-4000-8000-000000000000' },
  ]) {
    const reply = await introspect(request, { token: 'x' }, who)
    const { date, 'x-request-id': id, ...headers } = reply.headers()
    expect([date, id].every(Boolean)).toBe(true)
    seen.push([reply.status(), await reply.text(), headers])
  }
  expect(seen[0]).toEqual(seen[1])
})

test('IN-1 whatever is not active, for any reason, is exactly {"active":false}', async ({
  request,
  page,
  context,
  registered,
}) => {
  expect(registered).toBeTruthy()
  const cookies = await context.cookies()
  const browser = ['access_token', 'refresh_token'].map((name) => cookies.find((one) => one.name === name)?.value ?? '')
  expect((await page.request.get('/auth/session/')).status()).toBe(200)
  const { access, refresh } = await (await request.post('/api/token/', { data: registered })).json()
  const [head, body] = access.split('.')
  const hostile = ['nonsense', 'a.b.c', `${head}.${body}.${'A'.repeat(86)}`, `${access}=`, 'x'.repeat(9000), ...browser]
  for (const token of hostile) expect(await answer(await introspect(request, { token }))).toEqual(inactive)
  // Used: rotated away.
  const next = await (await request.post('/api/token/refresh/', { data: { refresh } })).json()
  expect(await answer(await introspect(request, { token: refresh }))).toEqual(inactive)
  // Asking with it was no return of it: the session lives.
  expect(await told(request, next.refresh)).toMatchObject({ active: true, token_use: 'refresh' })
  await request.post('/api/token/blacklist/', { data: { refresh: next.refresh } })
  for (const token of [next.access, next.refresh])
    expect(await answer(await introspect(request, { token }))).toEqual(inactive)
})

test('bodies and methods that are none', async ({ request }) => {
  const headers = basic(client)
  const at = '/api/token/introspect/'
  const required = { error: 'invalid_request', token: ['This field is required.'] }
  for (const path of [at, '/api/token/revoke/']) {
    expect(await answer(await request.post(path, { headers }))).toEqual([400, required])
    expect(await answer(await request.post(path, { headers, data: { token: ['x'] } }))).toEqual([
      400,
      { error: 'invalid_request', token: ['Not a valid string.'] },
    ])
    const get = await request.get(path, { headers })
    expect([get.status(), get.headers().allow]).toEqual([405, 'POST, OPTIONS'])
  }
  const text = { ...headers, 'content-type': 'text/plain' }
  expect((await request.post(at, { headers: text, data: 'token=x' })).status()).toBe(415)
  expect((await request.post(at, { headers, form: { token: 'x'.repeat(20_000) } })).status()).toBe(413)
})

test('RV-1 a revoked token takes its session with it: 200 without a body, and at once nothing of it opens anything', async ({
  request,
  person,
}) => {
  for (const [which, hint] of [
    ['access', 'refresh_token'],
    ['refresh', 'nonsense'],
  ] as const) {
    const tokens = await (which === 'access'
      ? obtain(request, person)
      : (await request.post('/api/token/', { data: person })).json())
    const me = () => request.get('/api/me/', { headers: { authorization: `Bearer ${tokens.access}` } })
    expect((await me()).status()).toBe(200)
    const reply = await revoke(request, { token: tokens[which], token_type_hint: hint })
    expect([reply.status(), await reply.text()]).toEqual([200, ''])
    expect((await me()).status()).toBe(401)
    expect((await request.post('/api/token/refresh/', { data: { refresh: tokens.refresh } })).status()).toBe(401)
    expect(await told(request, tokens.access)).toEqual({ active: false })
    // Once more, it is over already.
    expect((await revoke(request, { token: tokens[which] })).status()).toBe(200)
  }
  const rows: { event: string; reason: string; actor_id: unknown; detail: unknown }[] = JSON.parse(
    await manage('audit', 'tail', '-n', '500', '--json'),
  )
  const mine = rows.filter(({ detail }) => (detail as { client?: string } | null)?.client === client.id)
  const ended = mine.filter(({ event }) => event === 'session.end')
  expect(ended.length).toBeGreaterThanOrEqual(2)
  for (const row of ended) expect(row).toMatchObject({ reason: 'ended_by_client', actor_id: null })
  expect(JSON.stringify(rows)).not.toContain(client.secret)
})

test('RV-1 what is no token of a program is 200 without effect; a browser goes on', async ({
  request,
  page,
  registered,
  context,
}) => {
  expect(registered).toBeTruthy()
  const cookies = (await context.cookies()).map(({ value }) => value)
  for (const token of ['nonsense', 'a.b.c', ...cookies])
    expect([(await revoke(request, { token })).status(), token]).toEqual([200, token])
  expect((await page.request.get('/auth/session/')).status()).toBe(200)
})

test('a deleted client is refused at once', async ({ request }) => {
  const short = await newClient()
  expect((await introspect(request, { token: 'x' }, short)).status()).toBe(200)
  await manage('client', 'delete', short.id)
  expect((await introspect(request, { token: 'x' }, short)).status()).toBe(401)
})

test('wrong secrets from one address: 30 are refused, then 429 with Retry-After; the right one still opens there', async ({
  request,
}) => {
  const address = { 'x-forwarded-for': newAddress() }
  const ask = (secret: string) =>
    request.post('/api/token/introspect/', {
      form: { token: 'x' },
      headers: { ...address, authorization: credentials({ ...client, secret }) },
    })
  const replies = await Promise.all(Array.from({ length: 40 }, (_, i) => ask(`wrong ${i}`)))
  expect(replies.filter((reply) => reply.status() === 401)).toHaveLength(30)
  const late = replies.filter((reply) => reply.status() === 429)
  expect(late).toHaveLength(10)
  expect(Number(late[0]?.headers()['retry-after'])).toBeGreaterThan(0)
  expect(await late[0]?.json()).toMatchObject({ code: 'throttled' })
  expect((await ask(client.secret)).status()).toBe(200)
})

test('600 calls of one client in a minute, then 429 with Retry-After; another goes on', async ({ request }) => {
  const busy = await newClient()
  const statuses: number[] = []
  let last: APIResponse | undefined
  // In turns of twenty, until the first that must wait. A slow machine may need longer than a minute for 600.
  const begun = Date.now()
  while (!statuses.includes(429) && Date.now() - begun < 55_000) {
    const turn = await Promise.all(Array.from({ length: 20 }, () => introspect(request, { token: 'x' }, busy)))
    statuses.push(...turn.map((reply) => reply.status()))
    last = turn.find((reply) => reply.status() === 429)
  }
  expect(last, `${statuses.length} calls in ${Date.now() - begun} ms`).toBeTruthy()
  expect(statuses.filter((status) => status === 200)).toHaveLength(600)
  expect(Number(last?.headers()['retry-after'])).toBeGreaterThan(0)
  expect(Number(last?.headers()['retry-after'])).toBeLessThanOrEqual(60)
  expect((await introspect(request, { token: 'x' })).status()).toBe(200)
})
