/** The sessions page and the password: what ends where, at once, and only by its owner (SE-1 to SE-4, PW-10, AZ-2). */
import type { Browser, Page } from '@playwright/test'
import { expect, logIn, newPerson, register, session, test, type Person } from './people'
import { hasty, standard } from './servers'

/** The same person on another device. */
async function elsewhere(browser: Browser, person: Person, baseURL = standard.url): Promise<Page> {
  const context = await browser.newContext({ baseURL })
  const page = await context.newPage()
  await page.goto('/login')
  await logIn(page, person.username, person.password)
  await expect(page).toHaveURL(/\/dashboard$/)
  // The dashboard would soon notice the end by itself; here it waits for the person.
  await page.goto('/account/profile')
  return page
}

const sessionCards = (page: Page) =>
  page
    .getByRole('main')
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading', { level: 3 }) })

test('this session stands first, the others below, each with browser, system, address and times', async ({
  page,
  registered,
  browser,
}) => {
  const other = await elsewhere(browser, registered)
  await page.goto('/account/sessions')
  const cards = sessionCards(page)
  await expect(cards).toHaveCount(2)
  await expect(cards.first()).toContainText('This session')
  for (const card of await cards.all()) {
    await expect(card).toContainText(/Chrom\w+ \d+ on Linux|Chrom\w+ \d+/)
    await expect(card).toContainText(/Last seen/)
    await expect(card).toContainText(/Started/)
  }
  await other.context().close()
})

test('ending one session acts in the other browser at its next click, and its cookies are worth nothing', async ({
  page,
  registered,
  browser,
}) => {
  const other = await elsewhere(browser, registered)
  const copied = await other.context().cookies()
  await page.goto('/account/sessions')
  await page.getByRole('main').getByRole('button', { name: 'End session' }).click()
  await expect(page).toHaveURL(/done=session/)
  await expect(sessionCards(page)).toHaveCount(1)
  await other.goto('/account/security')
  await expect(other).toHaveURL(/\/login\?next=%2Faccount%2Fsecurity/)
  const thief = await browser.newContext({ baseURL: standard.url })
  await thief.addCookies(copied)
  expect((await thief.request.get('/auth/session/')).status()).toBe(401)
  await Promise.all([thief.close(), other.context().close()])
})

test('AZ-2 another person’s session id in the form ends nothing', async ({ page, registered, browser }) => {
  const victim = newPerson()
  const context = await browser.newContext({ baseURL: standard.url })
  const theirs = await context.newPage()
  await register(theirs, victim)
  const target = await session(theirs)
  const own = await elsewhere(browser, registered)
  await page.goto('/account/sessions')
  await page
    .locator('input[name=session]')
    .last()
    .evaluate((field: HTMLInputElement, id) => (field.value = id), target?.id ?? '')
  await page.getByRole('main').getByRole('button', { name: 'End session' }).last().click()
  await expect(page).toHaveURL(/done=session/)
  expect((await session(theirs))?.id).toBe(target?.id)
  expect(await session(own)).not.toBeNull()
  await Promise.all([context.close(), own.context().close()])
})

test('PW-10 a wrong current password is a field error; the right one ends the others, and this one goes on under a new id', async ({
  page,
  registered,
  browser,
}) => {
  const other = await elsewhere(browser, registered)
  const before = await session(page)
  const old = await page.context().cookies()
  await page.goto('/account/security')
  await page.getByLabel('Current password').fill('not the password at all')
  await page.getByLabel('New password').fill('eight blue cups of tea')
  await page.getByRole('button', { name: 'Change password' }).click()
  await expect(page.getByText('This is not your current password.')).toBeVisible()

  await page.getByLabel('Current password').fill(registered.password)
  await page.getByLabel('New password').fill('eight blue cups of tea')
  await page.getByRole('button', { name: 'Change password' }).click()
  await expect(page).toHaveURL(/done=password/)
  const after = await session(page)
  expect(after?.id).toBeTruthy()
  expect(after?.id).not.toBe(before?.id)
  await other.goto('/dashboard')
  await expect(other).toHaveURL(/\/login/)
  // The cookies this very browser had before are over too.
  const copy = await browser.newContext({ baseURL: standard.url })
  await copy.addCookies(old)
  expect((await copy.request.get('/auth/session/')).status()).toBe(401)
  await Promise.all([copy.close(), other.context().close()])
})

test('ending all others leaves this one, and tells the others why', async ({ page, registered, browser }) => {
  const others = [await elsewhere(browser, registered), await elsewhere(browser, registered)]
  const before = await session(page)
  await page.goto('/account/sessions')
  await expect(sessionCards(page)).toHaveCount(3)
  await page.getByRole('button', { name: 'End all other sessions' }).click()
  await expect(page).toHaveURL(/done=others/)
  await expect(page.getByText('You are logged in nowhere else.')).toBeVisible()
  expect((await session(page))?.id).toBe(before?.id)
  for (const other of others) {
    await other.getByRole('navigation').getByRole('link', { name: 'Sessions' }).click()
    await expect(other.getByLabel('Email or username')).toBeVisible()
    await expect(other.getByText(registered.email)).toHaveCount(0)
    await other.goto('/dashboard')
    await expect(other.getByText('This session was ended from another place.')).toBeVisible()
    await other.context().close()
  }
})

test.describe('with a login older than REAUTH_MAX_AGE', () => {
  test.use({ baseURL: hasty.url })

  test('SE-4 ending sessions waits for the password, then goes on under a new id', async ({
    page,
    person,
    browser,
  }) => {
    await register(page, person)
    const other = await elsewhere(browser, person, hasty.url)
    await page.goto('/account/sessions')
    await page.waitForTimeout(4500)
    const before = await session(page)
    await page.getByRole('button', { name: 'End all other sessions' }).click()
    await expect(page).toHaveURL(/\/reauthenticate\?next=%2Faccount%2Fsessions$/)
    expect(await session(other)).not.toBeNull()

    await page.getByLabel('Password', { exact: true }).fill('not the password at all')
    await page.getByRole('button', { name: 'Continue' }).click()
    await expect(page.getByText('This is not your password.')).toBeVisible()
    await page.getByLabel('Password', { exact: true }).fill(person.password)
    await page.getByRole('button', { name: 'Continue' }).click()
    await expect(page).toHaveURL(/\/account\/sessions$/)
    const after = await session(page)
    expect(after?.id).toBeTruthy()
    expect(after?.id).not.toBe(before?.id)

    await page.getByRole('button', { name: 'End all other sessions' }).click()
    await expect(page).toHaveURL(/done=others/)
    expect(await session(other)).toBeNull()
    await other.context().close()
  })
})
