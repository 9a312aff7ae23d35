/** The handlers for browser code (docs/token-api.md, section E): JSON or form in, JSON out, and no token in any body. */
import type { APIRequestContext } from '@playwright/test'
import { expect, register, test, type Person } from './people'
import { standard } from './servers'

const headers = { origin: standard.url }
const post = (request: APIRequestContext, path: string, data: object) => request.post(path, { data, headers })
const isToken = /eyJ[\w-]+\.[\w-]+\.[\w-]+/

for (const slash of ['/', '']) {
  test(`register, session, refresh, logout, login, ${slash ? 'with' : 'without'} the final slash`, async ({
    request,
    person,
  }) => {
    const bodies: string[] = []
    const told = async (reply: Awaited<ReturnType<typeof post>>, status: number) => {
      expect([reply.url(), reply.status()]).toEqual([reply.url(), status])
      bodies.push(await reply.text())
      return reply.json()
    }
    const shape = {
      authenticated: true,
      user: { id: expect.any(String), email: person.email, username: person.username },
      session: expect.objectContaining({
        generation: 0,
        persistent: true,
        access: expect.objectContaining({ id: expect.stringMatching(/^[0-9a-f]{8}$/) }),
      }),
    }
    expect(await told(await post(request, `/auth/register${slash}`, person), 201)).toEqual(shape)
    expect(await told(await request.get(`/auth/session${slash}`), 200)).toEqual(shape)
    expect(await told(await post(request, `/auth/refresh${slash}`, {}), 200)).toEqual(shape)
    expect(await told(await post(request, `/auth/logout${slash}`, {}), 200)).toEqual({ authenticated: false })
    expect(await told(await request.get(`/auth/session${slash}`), 401)).toEqual({
      detail: 'You are not logged in.',
      code: 'not_authenticated',
    })
    const { username, password } = person
    expect(
      await told(await request.post(`/auth/login${slash}`, { form: { username, password }, headers }), 200),
    ).toEqual(shape)
    for (const body of bodies) expect(body).not.toMatch(isToken)
  })
}

test('remember=false: cookies of the browser window', async ({ request, person }) => {
  await post(request, '/auth/register/', person)
  const reply = await post(request, '/auth/login/', { email: person.email, password: person.password, remember: false })
  expect((await reply.json()).session.persistent).toBe(false)
  expect(reply.headers()['set-cookie']).not.toContain('Max-Age')
})

const wrong: [string, (person: Person) => [string, object], number, object][] = [
  [
    'a wrong password',
    ({ email }) => ['/auth/login/', { email, password: 'not the password' }],
    401,
    { detail: 'No active account found with the given credentials' },
  ],
  ['no password', ({ email }) => ['/auth/login/', { email }], 400, { password: ['This field is required.'] }],
  [
    'a taken name',
    (person) => ['/auth/register/', { ...person, email: `x${person.email}` }],
    400,
    { username: ['A user with that username already exists.'] },
  ],
  [
    'a refresh without a session',
    () => ['/auth/refresh/', {}],
    401,
    { detail: 'You are not logged in.', code: 'not_authenticated' },
  ],
]
for (const [name, ask, status, body] of wrong) {
  test(`${name}: ${status} in words`, async ({ request, person, playwright }) => {
    await post(request, '/auth/register/', person)
    const stranger = await playwright.request.newContext({
      baseURL: standard.url,
      extraHTTPHeaders: { 'x-forwarded-for': `10.9.${status % 250}.1` },
    })
    const [path, data] = ask(person)
    const reply = await post(stranger, path, data)
    expect([reply.status(), await reply.json()]).toEqual([status, body])
    expect(reply.headers()['set-cookie']).toBeUndefined()
    await stranger.dispose()
  })
}

test('bodies that are none: 415 and 413', async ({ request }) => {
  expect(
    (
      await request.post('/auth/login/', {
        data: Buffer.from('x'),
        headers: { ...headers, 'content-type': 'text/plain' },
      })
    ).status(),
  ).toBe(415)
  expect((await post(request, '/auth/login/', { email: 'x'.repeat(20_000) })).status()).toBe(413)
})

test('the cookies are those of the form, in name, attributes and life', async ({ page, person, context }) => {
  const jar = async () => {
    const cookies = await context.cookies()
    return cookies.map(({ value, expires, ...rest }) => ({
      ...rest,
      days: Math.round((expires * 1000 - Date.now()) / 864e5),
      filled: value !== '',
    }))
  }
  await register(page, person)
  const byForm = await jar()
  expect(byForm).toHaveLength(2)
  await page.goto('about:blank')
  await post(page.request, '/auth/logout/', {})
  expect(await jar()).toEqual([])
  await post(page.request, '/auth/login/', { email: person.email, password: person.password })
  expect(await jar()).toEqual(byForm)
})

test('from another site: 403, no cookie, and nobody is registered or logged in', async ({ request, person }) => {
  const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
  const { email, password } = person
  const refused = { detail: 'This request came from another site and was refused.', code: 'cross_site' }
  const sent = async (path: string, body: object) => {
    const reply = await request.post(path, { ...body, headers: foreign })
    expect([path, reply.status(), await reply.json()]).toEqual([path, 403, refused])
    expect(reply.headers()['set-cookie']).toBeUndefined()
  }
  await sent('/auth/register/', { data: person })
  expect((await post(request, '/auth/register/', person)).status()).toBe(201)
  await sent('/auth/login/', { data: { email, password } })
  await sent('/auth/login/', { form: { email, password } })
  await sent('/auth/logout/', {})
  expect((await request.get('/auth/session/')).status()).toBe(200)
})

test('bodies that are no fields: 400 in words', async ({ request }) => {
  const send = async (text: string, type = 'application/json') => {
    const reply = await request.post('/auth/login/', {
      data: Buffer.from(text),
      headers: { ...headers, 'content-type': type },
    })
    return [reply.status(), JSON.stringify(await reply.json())]
  }
  for (const text of ['{', '[]', 'null', '"text"', '{"email":{},"password":[]}', '{"__proto__":{"email":"a"}}'])
    expect([text, (await send(text))[0]]).toEqual([text, 400])
  expect(await send('{')).toEqual([400, expect.stringContaining('JSON parse error')])
  expect(await send('x', 'multipart/form-data')).toEqual([400, expect.stringContaining('Multipart form parse error')])
})
