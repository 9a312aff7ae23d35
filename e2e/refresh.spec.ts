/**
 * The silent refresh in a real browser (docs/design.md, section 4): tokens of two seconds expire while requests, prefetches
 * and an action are under way, and nobody ever sees a login page.
 */
import type { Page } from '@playwright/test'
import { expect, register, session, test } from './people'
import { hasty } from './servers'

test.use({ baseURL: hasty.url })

const life = 2000

test('twenty requests, prefetches and an action at the moment of expiry: one session, nobody logged out', async ({
  page,
  person,
}) => {
  await register(page, person)
  const before = await session(page)
  const logins = watchForLogins(page)
  for (let round = 0; round < 3; round++) {
    await page.waitForTimeout(life + 200)
    const statuses = await storm(page)
    expect(statuses.filter((status) => status !== 200)).toEqual([])
  }
  await expect(page).toHaveURL(/\/dashboard/)
  await page.goto('/account/sessions')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sessions')
  const after = await session(page)
  expect(after?.id).toBe(before?.id)
  expect(after?.generation).toBeGreaterThan(before?.generation ?? 0)
  expect(logins()).toEqual([])
})

/** Everything a page can send at once with one old access token. */
async function storm(page: Page): Promise<number[]> {
  const action = page.getByRole('button', { name: /Shorten/ }).click()
  const statuses = await page.evaluate(async () => {
    const prefetch = { RSC: '1', 'Next-Router-Prefetch': '1' }
    const requests = Array.from({ length: 20 }, (_, i) =>
      i % 4 === 0
        ? fetch('/account/profile', { headers: prefetch })
        : i % 4 === 1
          ? fetch('/account/security')
          : i % 4 === 2
            ? fetch('/auth/session/')
            : fetch('/auth/refresh/', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }),
    )
    return (await Promise.all(requests)).map((reply) => (new URL(reply.url).pathname === '/login' ? 303 : reply.status))
  })
  await action
  return statuses
}

function watchForLogins(page: Page): () => string[] {
  const seen: string[] = []
  page.on('request', (request) => {
    if (new URL(request.url()).pathname === '/login') seen.push(`${request.method()} ${request.url()}`)
  })
  return () => seen
}

test('with the access cookie gone, every kind of request is served at once and gets a new one', async ({
  page,
  person,
  context,
}) => {
  await register(page, person)
  const drop = () => context.clearCookies({ name: 'access_token' })

  await drop()
  await page.goto('/account/profile')
  await expect(page.getByRole('main').getByText(person.email).first()).toBeVisible()

  await drop()
  await page.getByRole('link', { name: 'Security' }).first().click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Security')

  await drop()
  expect((await page.request.get('/auth/session/')).status()).toBe(200)

  await drop()
  await page.goto('/dashboard')
  await drop()
  await page.getByRole('button', { name: /Shorten/ }).click()
  const names = async () => (await context.cookies()).map(({ name }) => name)
  await expect.poll(names).toContain('access_token')
  await expect(page).toHaveURL(/\/dashboard/)
})

test('the refresh cookie is sent on rotation, and not when only the access token is renewed', async ({
  page,
  person,
  context,
}) => {
  await register(page, person)
  await page.goto('about:blank')
  const refreshCookie = async () => (await context.cookies()).find(({ name }) => name === 'refresh_token')?.value
  const first = await refreshCookie()
  await page.request.get('/auth/session/')

  await context.clearCookies({ name: 'access_token' })
  const young = await page.request.get('/auth/session/')
  expect(
    young
      .headersArray()
      .filter(({ name, value }) => name.toLowerCase() === 'set-cookie' && value.startsWith('refresh')),
  ).toEqual([])
  expect(await refreshCookie()).toBe(first)

  await page.waitForTimeout(6200)
  await page.request.get('/auth/session/')
  expect(await refreshCookie()).not.toBe(first)
  expect((await session(page))?.generation).toBe(1)
})

test('a lost reply is asked for again, and a copy is found out at the next rotation', async ({
  page,
  person,
  context,
  browser,
}) => {
  await register(page, person)
  await page.goto('about:blank')
  const stolen = await context.cookies()
  await page.waitForTimeout(6500)

  // The thief uses the copy first: rotation 1 is theirs, and the owner's own request still passes, in the same generation.
  const thief = await browser.newContext({ baseURL: hasty.url })
  await thief.addCookies(stolen.filter(({ name }) => name === 'refresh_token'))
  expect((await thief.request.get('/auth/session/')).status()).toBe(200)
  expect((await session(page))?.generation).toBe(1)

  // Within one further rotation one of the two presents a token that only a copy can hold: both are out.
  let both = true
  for (let i = 0; i < 4 && both; i++) {
    await page.waitForTimeout(6200)
    const owner = await page.request.get('/auth/session/')
    const copy = await thief.request.get('/auth/session/')
    both = owner.status() === 200 && copy.status() === 200
  }
  expect((await page.request.get('/auth/session/')).status()).toBe(401)
  expect((await thief.request.get('/auth/session/')).status()).toBe(401)
  await page.goto('/dashboard')
  await expect(page).toHaveURL(/\/login\?next=%2Fdashboard/)
  await thief.close()
})

test('a refusal deletes no cookie', async ({ page, person, context }) => {
  await register(page, person)
  await page.goto('about:blank')
  await context.addCookies([{ name: 'refresh_token', value: 'not.a.token', url: hasty.url }])
  await context.clearCookies({ name: 'access_token' })
  const reply = await page.request.get('/dashboard', { maxRedirects: 0, headers: { accept: 'text/html' } })
  expect(reply.status()).toBe(303)
  expect(reply.headers()['set-cookie']).toBeUndefined()
})

test('the dashboard shows the silent refresh as it happens', async ({ page, person }) => {
  await register(page, person)
  await page.getByRole('button', { name: /Shorten/ }).click()
  await expect(page.getByRole('main')).toContainText(/silently/i, { timeout: 15_000 })
  await expect(page).toHaveURL(/\/dashboard/)
})
