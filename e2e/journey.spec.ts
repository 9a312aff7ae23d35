/** The main job, as one person lives it: register, stay logged in, log out, and leave nothing behind. */
import { expect, logIn, logOut, newPerson, register, session, test } from './people'
import { hasty } from './servers'

test('a newcomer registers and sees the dashboard, logged in to stay', async ({ page, person, context }) => {
  await page.goto('/')
  await page.getByRole('link', { name: 'Register' }).first().click()
  await register(page, person)
  await expect(page).toHaveURL(/\/dashboard$/)
  await expect(page.getByRole('heading', { level: 1 })).toContainText(person.email)
  const names = (await context.cookies()).map(({ name }) => name).sort()
  expect(names).toEqual(['access_token', 'refresh_token'])
})

test.describe('with access tokens of two seconds', () => {
  test.use({ baseURL: hasty.url })

  test('register, dashboard, the token expires, still there, log out', async ({ page, person }) => {
    await register(page, person)
    const before = await session(page)
    await page.waitForTimeout(2500)
    await page.reload()
    await expect(page.getByRole('heading', { level: 1 })).toContainText(person.email)
    const after = await session(page)
    expect(after?.id).toBe(before?.id)
    expect(after?.access.id).not.toBe(before?.access.id)
    await logOut(page)
    await page.goto('/dashboard')
    await expect(page).toHaveURL(/\/login\?next=%2Fdashboard$/)
  })
})

test('after logout neither Back nor a link shows anything protected', async ({ page, registered }) => {
  await page.goto('/account/profile')
  await expect(page.getByRole('main').getByText(registered.email).first()).toBeVisible()
  await page.goto('/dashboard')
  await logOut(page)
  for (let step = 0; step < 3; step++) {
    await page.goBack()
    await expect(page).toHaveURL(/\/login/)
    await expect(page.getByText(registered.email)).toHaveCount(0)
  }
})

test('a session that ended elsewhere is gone from an open page, by Back and by a link', async ({
  page,
  registered,
  browser,
}) => {
  await page.getByRole('banner').locator('summary').click()
  await page.getByRole('banner').getByRole('link', { name: 'Profile' }).click()
  await expect(page).toHaveURL(/\/account\/profile$/)
  // Somewhere else the same person ends all other sessions.
  const elsewhere = await browser.newContext({ baseURL: test.info().project.use.baseURL })
  const other = await elsewhere.newPage()
  await other.goto('/login')
  await logIn(other, registered.email, registered.password)
  await expect(other).toHaveURL(/\/dashboard$/)
  await other.goto('/account/sessions')
  await other.getByRole('button', { name: 'End all other sessions' }).click()
  await expect(other).toHaveURL(/done=others/)
  await elsewhere.close()

  await page.getByRole('link', { name: 'Security' }).first().click()
  await expect(page).toHaveURL(/\/login/)
  await expect(page.getByText(registered.email)).toHaveCount(0)
})

test('logging out in one tab logs out the others', async ({ page, context, registered }) => {
  await expect(page.getByRole('heading', { level: 1 })).toContainText(registered.email)
  const tab = await context.newPage()
  await tab.goto('/account/security')
  await logOut(page)
  await expect(tab).toHaveURL(/\/login/)
})

test('who is logged in is sent on from the pages for strangers', async ({ page, registered }) => {
  expect(registered.email).toBeTruthy()
  for (const [from, to] of [
    ['/', '/dashboard'],
    ['/login', '/dashboard'],
    ['/register?next=/account/sessions', '/account/sessions'],
    ['/login?next=https://evil.example/', '/dashboard'],
    ['/account', '/account/profile'],
  ] as const) {
    const reply = await page.request.get(from, { maxRedirects: 0, headers: { accept: 'text/html' } })
    expect([from, reply.status(), reply.headers().location]).toEqual([from, 303, to])
  }
})

test('an unknown page is 404 for who is logged in, and the login page for others', async ({
  page,
  request,
  registered,
}) => {
  expect(registered).toBeTruthy()
  expect((await page.goto('/no/such/page'))?.status()).toBe(404)
  const stranger = await request.get('/no/such/page', { maxRedirects: 0, headers: { accept: 'text/html' } })
  expect(stranger.status()).toBe(303)
  expect(stranger.headers().location).toBe('/login?next=%2Fno%2Fsuch%2Fpage')
})

test('two people in two browsers do not see each other', async ({ page, registered, browser }) => {
  const context = await browser.newContext({ baseURL: test.info().project.use.baseURL })
  const other = await context.newPage()
  const second = newPerson()
  await register(other, second)
  await expect(other.getByText(registered.email)).toHaveCount(0)
  await page.reload()
  await expect(page.getByText(second.email)).toHaveCount(0)
  await context.close()
})
