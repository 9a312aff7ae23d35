/** MW-2: the same build with its middleware taken out. The guard alone keeps everything in; what the gate only eases goes on. */
import type { APIRequestContext } from '@playwright/test'
import { expect, logIn, register, session, test } from './people'
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
    for (const kind of kinds)
      bodies.push(await (await request.get(path, { headers: { ...kind, ...headers }, maxRedirects: 0 })).text())
  }
  return bodies.join('\n')
}

test('the gate is really gone here', async ({ request }) => {
  const reply = await request.get('/login')
  expect(reply.headers()['x-request-id']).toBeUndefined()
  expect(reply.headers()['content-security-policy']).toBeUndefined()
})

test('no page, RSC payload, prefetch or handler tells a stranger anything', async ({ page, person, request }) => {
  await register(page, person)
  const own = await everything(page.request)
  expect(own).toContain(person.email)
  const strange = await everything(request)
  for (const secret of [person.email, person.username, (await session(page))?.id ?? 'no session'])
    expect(strange).not.toContain(secret)
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
  const html = await (await request.get('/login')).text()
  const fields = [...html.matchAll(/<input type="hidden" name="(\$ACTION[^"]*)"(?: value="([^"]*)")?/g)]
  expect(fields.length).toBeGreaterThan(0)
  const unescape = (text = '') => text.replaceAll('&quot;', '"').replaceAll('&amp;', '&')
  const multipart = Object.fromEntries(fields.map(([, name = '', value]) => [name, unescape(value)]))
  const form = { ...multipart, identifier: person.email, password: person.password }
  const own = await request.post('/login', { multipart: form, headers: { origin: gateless.url }, maxRedirects: 0 })
  expect(own.headers()['set-cookie']).toContain('refresh_token=')
  for (const headers of [foreign, { origin: gateless.url, 'sec-fetch-site': 'same-site' }]) {
    const reply = await request.post('/login', { multipart: form, headers, maxRedirects: 0 })
    expect(reply.headers()['set-cookie']).toBeUndefined()
  }
})
