/** The whole job with JavaScript switched off: real forms, real redirects, the same cookies. */
import type { Page } from '@playwright/test'
import { expect, logIn, newPerson, register, registerByApi, session, test } from './people'
import { hasty } from './servers'

test.use({ javaScriptEnabled: false })

async function logOutByMenu(page: Page) {
  await page.getByRole('banner').locator('summary').click()
  await page.getByRole('banner').getByRole('button', { name: 'Log out' }).click()
  await expect(page).toHaveURL(/\/login$/)
}

test('register with errors, then without; dashboard; log out; log in with next', async ({ page, person }) => {
  await page.goto('/register?next=%2Faccount%2Fprofile')
  await page.getByLabel('Email').fill('nobody')
  await page.getByLabel('Username').fill(person.username)
  await page.getByLabel('Password', { exact: true }).fill('short')
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByText('Enter a valid email address.')).toBeVisible()
  await expect(page.getByLabel('Username')).toHaveValue(person.username)
  await expect(page.getByLabel('Password', { exact: true })).toHaveValue('')
  await page.getByLabel('Email').fill(person.email)
  await page.getByLabel('Password', { exact: true }).fill(person.password)
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page).toHaveURL(/\/account\/profile$/)
  await expect(page.getByRole('main').getByText(person.email).first()).toBeVisible()
  await page.goto('/dashboard')
  await expect(page.getByRole('heading', { level: 1 })).toContainText(person.email)
  await logOutByMenu(page)

  await page.goto('/account/sessions')
  await expect(page).toHaveURL(/\/login\?next=%2Faccount%2Fsessions$/)
  await logIn(page, person.email, 'not the password at all')
  await expect(page.getByRole('alert').first()).toContainText('No account matches')
  await expect(page.getByLabel('Email or username')).toHaveValue(person.email)
  await page.getByLabel('Password', { exact: true }).fill(person.password)
  await page.getByRole('button', { name: 'Log in' }).click()
  await expect(page).toHaveURL(/\/account\/sessions$/)
})

test('change the password, end the other sessions, choose a theme', async ({ page, person, browser }) => {
  await register(page, person)
  const other = await (
    await browser.newContext({ baseURL: test.info().project.use.baseURL, javaScriptEnabled: false })
  ).newPage()
  await other.goto('/login')
  await logIn(other, person.username, person.password)
  await expect(other).toHaveURL(/\/dashboard$/)

  await page.goto('/account/sessions')
  await page.getByRole('button', { name: 'End all other sessions' }).click()
  await expect(page).toHaveURL(/done=others/)
  await other.goto('/dashboard')
  await expect(other).toHaveURL(/\/login/)
  await other.context().close()

  const before = await session(page)
  await page.goto('/account/security')
  await page.getByLabel('Current password').fill(person.password)
  await page.getByLabel('New password').fill('eight blue cups of tea')
  await page.getByRole('button', { name: 'Change password' }).click()
  await expect(page).toHaveURL(/done=password/)
  expect((await session(page))?.id).not.toBe(before?.id)

  await page.getByRole('banner').locator('summary').click()
  await page.getByRole('banner').getByRole('button', { name: 'Dark theme' }).click()
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  await logOutByMenu(page)
  await logIn(page, person.username, 'eight blue cups of tea')
  await expect(page).toHaveURL(/\/dashboard$/)
})

test('not staying signed in: the box stays as it was left, the cookies go with the browser, and the dashboard says so', async ({
  page,
  person,
  request,
  context,
}) => {
  await registerByApi(request, person)
  await page.goto('/login?next=%2Fdashboard%3Ftab%3D1')
  await page.getByLabel('Stay signed in').uncheck()
  await logIn(page, person.email, 'not the password at all')
  await expect(page.getByRole('alert').first()).toContainText('No account matches')
  await expect(page.getByLabel('Stay signed in')).not.toBeChecked()
  await logIn(page, person.email, person.password)
  await expect(page).toHaveURL(/\/dashboard\?tab=1$/)
  expect((await context.cookies()).map(({ expires }) => expires)).toEqual([-1, -1])

  const fact = (name: string) => page.getByRole('term').filter({ hasText: name }).locator('xpath=following::dd[1]')
  await expect(fact('Logged in as')).toHaveText(person.username)
  await expect(fact('Closing the browser')).toHaveText('Ends the session')
  await expect(fact('Session id')).toHaveText((await session(page))?.id ?? 'no session')
  await expect(fact('Started')).toContainText('UTC')
})

test('SE-4 end one other session, and only that one', async ({ page, person, browser }) => {
  await register(page, person)
  const device = async () => {
    const context = await browser.newContext({ baseURL: test.info().project.use.baseURL, javaScriptEnabled: false })
    const other = await context.newPage()
    await other.goto('/login')
    await logIn(other, person.username, person.password)
    await expect(other).toHaveURL(/\/dashboard$/)
    return other
  }
  const [first, second] = [await device(), await device()]
  const id = (await session(first))?.id
  await page.goto('/account/sessions')
  await page
    .locator('form', { has: page.locator(`input[value="${id}"]`) })
    .getByRole('button')
    .click()
  await expect(page).toHaveURL(/done=session/)
  await expect(page.getByRole('status').filter({ hasText: 'The session is ended.' })).toBeVisible()
  await first.goto('/account/profile')
  await expect(first.getByText('This session was ended from another place.')).toBeVisible()
  expect(await session(second)).not.toBeNull()
  expect(await session(page)).not.toBeNull()
  await Promise.all([first.context().close(), second.context().close()])
})

test.describe('with access tokens of two seconds', () => {
  test.use({ baseURL: hasty.url })

  test('an expired token is renewed under a form post and under a page load', async ({ page, person }) => {
    await register(page, person)
    await page.waitForTimeout(2300)
    await page.getByRole('button', { name: /Shorten/ }).click()
    await expect(page).toHaveURL(/\/dashboard/)
    await page.waitForTimeout(2300)
    await page.reload()
    await expect(page.getByRole('heading', { level: 1 })).toContainText(person.email)
  })

  test('an old login is asked for the password before a sensitive act, and goes on under a new id', async ({
    page,
    person,
  }) => {
    await register(page, person)
    await page.waitForTimeout(4300)
    const before = await session(page)
    await page.goto('/account/security')
    await page.getByLabel('Current password').fill(person.password)
    await page.getByLabel('New password').fill('eight blue cups of tea')
    await page.getByRole('button', { name: 'Change password' }).click()
    await expect(page).toHaveURL(/\/reauthenticate\?next=%2Faccount%2Fsecurity$/)
    await page.getByLabel('Password', { exact: true }).fill('not the password at all')
    await page.getByRole('main').getByRole('button').last().click()
    await expect(page.getByText('This is not your password.')).toBeVisible()
    await page.getByLabel('Password', { exact: true }).fill(person.password)
    await page.getByRole('main').getByRole('button').last().click()
    await expect(page).toHaveURL(/\/account\/security$/)
    expect((await session(page))?.id).not.toBe(before?.id)
  })
})

test('GET /logout shows a button, and works for those who are logged out', async ({ page, request }) => {
  const person = newPerson()
  await registerByApi(request, person)
  await page.goto('/logout')
  await expect(page.getByRole('main').getByRole('button', { name: 'Log out' })).toBeVisible()
  await page.goto('/login')
  await logIn(page, person.email, person.password)
  await expect(page).toHaveURL(/\/dashboard$/)
  await page.goto('/logout')
  await page.getByRole('main').getByRole('button', { name: 'Log out' }).click()
  await expect(page).toHaveURL(/\/login$/)
  await page.goto('/dashboard')
  await expect(page).toHaveURL(/\/login/)
})
