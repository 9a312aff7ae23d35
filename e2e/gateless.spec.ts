/** MW-2: the same build with its middleware taken out. The guard alone keeps everything in; what the gate only eases goes on. */
import type { APIRequestContext, Page } from '@playwright/test'
import { actionId, expect, hiddenFields, logIn, register, session, test, type Person } from './people'
import { gateless } from './servers'

test.use({ baseURL: gateless.url })

const pages = ['/dashboard', '/account/profile', '/account/security', '/account/sessions', '/reauthenticate']
const kinds: Record<string, string>[] = [
  { accept: 'text/html' },
  { RSC: '1' },
  { RSC: '1', 'Next-Router-Prefetch': '1' },
  { RSC: '1', 'Next-Router-Segment-Prefetch': '/_tree' },
  { 'x-middleware-subrequest': 'middleware:middleware:middleware:middleware:middleware' },
]

async function everything(request: APIRequestContext, headers: Record<string, string> = {}) {
  const bodies: string[] = []
  for (const path of [...pages, '/auth/session/', '/auth/refresh/', '/api/me/', '/api/protected/']) {
    for (const kind of kinds) bodies.push(await ask(request, path, { ...kind, ...headers }))
  }
  return bodies.join('\n')
}

/** Next first sends an RSC request on to the same page with a hash of its headers; nowhere else is followed. */
async function ask(request: APIRequestContext, path: string, headers: Record<string, string>) {
  const options = { headers, maxRedirects: 0 }
  const reply = await request.get(path, options)
  const to = reply.headers().location ?? ''
  return to.startsWith(`${path}?_rsc`) ? (await request.get(to, options)).text() : reply.text()
}

/** What a browser's router asks for while somebody looks around. */
async function routerRequests(page: Page, person: Person) {
  const asked: { url: string; headers: Record<string, string> }[] = []
  page.on('request', (request) => {
    const { cookie: _, ...headers } = request.headers()
    if (headers.rsc) asked.push({ url: request.url(), headers })
  })
  await page.goto('/dashboard')
  for (const name of ['Profile', 'Security', 'Sessions', 'Dashboard']) {
    await page.getByRole('banner').locator('summary').click()
    await page.getByRole('banner').getByRole('link', { name }).click()
    await expect(page.getByRole('heading', { level: 1 })).toContainText(name === 'Dashboard' ? person.email : name)
  }
  await page.goto('about:blank')
  return asked
}

test('the gate is really gone here', async ({ request }) => {
  const reply = await request.get('/login')
  expect(reply.headers()['x-request-id']).toBeUndefined()
  expect(reply.headers()['content-security-policy']).toBeUndefined()
})

test('no page, RSC payload, prefetch or handler tells a stranger anything', async ({ page, person, request }) => {
  await register(page, person)
  const own = await ask(page.request, '/dashboard', { RSC: '1' })
  expect(own).toContain(person.email)
  const strange = await everything(request)
  for (const secret of [person.email, person.username, (await session(page))?.id ?? 'no session'])
    expect(strange).not.toContain(secret)
})

test('what a browser’s router asked for tells its owner, and a stranger nothing', async ({ page, person, request }) => {
  await register(page, person)
  const asked = await routerRequests(page, person)
  let told = 0
  for (const { url, headers } of asked) {
    if ((await (await page.request.get(url, { headers, maxRedirects: 0 })).text()).includes(person.email)) told++
    const reply = await request.get(url, { headers, maxRedirects: 0 })
    expect([url, reply.status() < 500]).toEqual([url, true])
    expect(await reply.text()).not.toContain(person.email)
  }
  expect(told).toBeGreaterThan(1)
})

test('the cookies of an ended session tell nothing either', async ({ page, person, context, playwright }) => {
  await register(page, person)
  const copied = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')
  await page.goto('/logout')
  await page.getByRole('main').getByRole('button', { name: 'Log out' }).click()
  await expect(page).toHaveURL(/\/login$/)
  const thief = await playwright.request.newContext({ baseURL: gateless.url, extraHTTPHeaders: { cookie: copied } })
  expect(await everything(thief)).not.toContain(person.email)
  await thief.dispose()
})

test('pages send a stranger to log in, and handlers answer 401', async ({ page, request }) => {
  for (const path of pages) {
    await page.goto(path)
    await expect(page).toHaveURL(/\/login\?next=/)
  }
  expect((await request.get('/auth/session/')).status()).toBe(401)
})

test('register, log in, log out and the pages work as long as the access token lives', async ({ page, person }) => {
  await register(page, person)
  for (const path of pages) expect((await page.goto(path))?.status()).toBe(200)
  await page.goto('/dashboard')
  await page.getByRole('banner').locator('summary').click()
  await page.getByRole('banner').getByRole('button', { name: 'Log out' }).click()
  await expect(page).toHaveURL(/\/login$/)
  await logIn(page, person.email, person.password)
  await expect(page).toHaveURL(/\/dashboard$/)
})

test('CS-2 posts from another site are refused by the wrapper of each action and handler', async ({
  page,
  person,
  request,
}) => {
  await register(page, person)
  const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
  for (const path of ['/auth/login/', '/auth/register/', '/auth/logout/', '/auth/refresh/', '/theme']) {
    const reply = await page.request.post(path, { data: {}, headers: foreign })
    expect([path, reply.status()]).toEqual([path, 403])
  }
  expect(await session(page)).not.toBeNull()

  // A server action: the form of the login page as a browser without JavaScript would send it, from elsewhere.
  const fields = hiddenFields(await (await request.get('/login')).text(), 'Log in')
  const form = { ...fields, identifier: person.email, password: person.password }
  const own = await request.post('/login', { multipart: form, headers: { origin: gateless.url }, maxRedirects: 0 })
  expect(own.headers()['set-cookie']).toContain('refresh_token=')
  for (const headers of [foreign, { origin: gateless.url, 'sec-fetch-site': 'same-site' }]) {
    const reply = await request.post('/login', { multipart: form, headers, maxRedirects: 0 })
    expect(reply.headers()['set-cookie']).toBeUndefined()
  }
})

test('CS-2 an action with a person’s cookies, sent from another site, changes nothing', async ({ page, person }) => {
  await register(page, person)
  const { email, password } = person
  const other = await (await page.request.post('/api/token/', { data: { email, password } })).json()
  const otherLives = async () => (await page.request.post('/api/token/verify/', { data: { token: other.access } })).ok()
  const fields = hiddenFields(await (await page.request.get('/account/sessions')).text(), 'End all other sessions')
  const send = (headers: Record<string, string>) =>
    page.request.post('/account/sessions', { multipart: fields, headers, maxRedirects: 0 })

  // With an Origin that Next itself takes for ours: the wrapper alone refuses.
  for (const site of ['cross-site', 'same-site', 'none']) {
    const reply = await send({ origin: gateless.url, 'sec-fetch-site': site })
    expect(await reply.text()).toContain('This form was sent from another site and was refused.')
    expect([site, await otherLives()]).toEqual([site, true])
  }
  await send({ origin: gateless.url, 'sec-fetch-site': 'same-origin' })
  expect(await otherLives()).toBe(false)
})

test('an action sent by a stranger, or with the cookies of an ended session, tells and changes nothing', async ({
  page,
  person,
  context,
  request,
}) => {
  await register(page, person)
  const forms = [
    ['/dashboard', 'Shorten', {}],
    ['/account/security', 'Change password', { current_password: person.password, new_password: 'eight blue cups' }],
    ['/account/sessions', 'End session', {}],
    ['/reauthenticate', 'Continue', { password: person.password }],
  ] as const
  const { email, password } = person
  await page.request.post('/api/token/', { data: { email, password } })
  const ready = []
  for (const [path, button, typed] of forms) {
    const fields = hiddenFields(await (await page.request.get(path)).text(), button)
    ready.push({ path, fields: { ...fields, ...typed }, id: actionId(fields) })
  }
  const ended = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')
  await page.goto('about:blank')
  await page.request.post('/auth/logout/', { headers: { origin: gateless.url } })

  for (const { path, fields, id } of ready) {
    for (const cookie of ['', ended]) {
      const headers = { origin: gateless.url, cookie }
      const replies = [
        await request.post(path, { multipart: fields, headers, maxRedirects: 0 }),
        await request.post(path, {
          data: Buffer.from('[{}]'),
          headers: { ...headers, 'content-type': 'text/plain', 'next-action': id },
          maxRedirects: 0,
        }),
      ]
      for (const reply of replies) {
        expect([path, reply.headers()['set-cookie']]).toEqual([path, undefined])
        expect(await reply.text()).not.toContain(person.email)
      }
      const to = replies.map((reply) => reply.headers().location ?? reply.headers()['x-action-redirect'] ?? 'nowhere')
      expect([path, ...to.map((place) => place.slice(0, 6))]).toEqual([path, '/login', '/login'])
    }
  }
  // The password is the old one still.
  await page.goto('/login')
  await logIn(page, person.email, person.password)
  await expect(page).toHaveURL(/\/dashboard$/)
})
