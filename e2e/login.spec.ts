/** The login form: who gets in, what the others are told, and the cookies (docs/security/requirements.md, sections 3, 4 and 6). */
import type { Page } from '@playwright/test'
import { expect, fillLogin, logIn, registerByApi, test } from './people'

const sentence = 'No account matches this email or username and password.'

/** The same browser without its cookies. An open page of ours would notice, and go. */
async function forget(page: Page) {
  await page.goto('about:blank')
  await page.context().clearCookies()
}

test('by email in other capitals, and by username', async ({ page, person, request }) => {
  await registerByApi(request, person)
  for (const identifier of [person.email.toUpperCase(), person.username]) {
    await page.goto('/login')
    await logIn(page, identifier, person.password)
    await expect(page).toHaveURL(/\/dashboard$/)
    await forget(page)
  }
})

test('EN-1 a wrong password and an unknown account get one and the same message, and keep what was typed', async ({
  page,
  person,
  request,
}) => {
  await registerByApi(request, person)
  for (const identifier of [person.email, `not-${person.email}`]) {
    await page.goto('/login')
    await logIn(page, identifier, 'not the password at all')
    await expect(page.getByRole('alert').filter({ hasText: sentence })).toBeVisible()
    await expect(page.getByLabel('Email or username')).toHaveValue(identifier)
  }
})

test('an empty form names both fields', async ({ page }) => {
  await page.goto('/login')
  await page.getByRole('button', { name: 'Log in' }).click()
  await expect(page.getByLabel('Email or username')).toHaveAttribute('aria-invalid', 'true')
  await expect(page.getByLabel('Password', { exact: true })).toHaveAttribute('aria-invalid', 'true')
  await expect(page.getByText('Please fill this in.').first()).toBeVisible()
})

test('RD-1 next leads back inside and nowhere else', async ({ page, person, request }) => {
  await registerByApi(request, person)
  for (const [next, path] of [
    ['/account/sessions', '/account/sessions'],
    ['https://evil.example/', '/dashboard'],
    ['//evil.example', '/dashboard'],
    ['/\\evil.example', '/dashboard'],
  ]) {
    await page.goto(`/login?next=${encodeURIComponent(next ?? '')}`)
    await logIn(page, person.email, person.password)
    await page.waitForURL((url) => url.pathname === path)
    await forget(page)
  }
})

test('section 6: the cookies are HttpOnly, Lax, for the whole host, and last when one stays signed in', async ({
  page,
  person,
  request,
  context,
}) => {
  await registerByApi(request, person)
  await page.goto('/login')
  await expect(page.getByLabel('Stay signed in')).toBeChecked()
  await logIn(page, person.email, person.password)
  await expect(page).toHaveURL(/\/dashboard$/)
  const cookies = await context.cookies()
  expect(cookies.map(({ name }) => name).sort()).toEqual(['access_token', 'refresh_token'])
  for (const cookie of cookies)
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/', domain: 'localhost', secure: false })
  const days = (name: string) =>
    ((cookies.find((cookie) => cookie.name === name)?.expires ?? 0) - Date.now() / 1000) / 86_400
  expect(days('refresh_token')).toBeGreaterThan(29.9)
  expect(days('refresh_token')).toBeLessThanOrEqual(30)
  expect(days('access_token')).toBeLessThanOrEqual(10 / 1440)
  expect(await page.evaluate(() => document.cookie)).toBe('')
})

test('PR-2 not staying signed in: cookies of the browser window', async ({ page, person, request, context }) => {
  await registerByApi(request, person)
  await page.goto('/login')
  await fillLogin(page, person.email, person.password)
  await page.getByLabel('Stay signed in').uncheck()
  await page.getByRole('button', { name: 'Log in' }).click()
  await expect(page).toHaveURL(/\/dashboard$/)
  expect((await context.cookies()).map(({ expires }) => expires)).toEqual([-1, -1])
})

test('the sixth wrong password within a quarter of an hour must wait, whether or not the account exists', async ({
  page,
  person,
  request,
}) => {
  await registerByApi(request, person)
  for (const identifier of [person.email, `nobody-${person.email}`]) {
    for (let guess = 1; guess <= 6; guess++) {
      await page.goto('/login')
      await logIn(page, identifier, `guess number ${guess}`)
      const words = guess <= 5 ? sentence : 'Too many attempts. Please wait a minute and try again.'
      await expect(page.getByRole('alert').filter({ hasText: words })).toBeVisible()
    }
  }
  // The right password must wait too, else the pause would tell it from a wrong one.
  await page.goto('/login')
  await logIn(page, person.email, person.password)
  await expect(page.getByRole('alert').filter({ hasText: 'Too many attempts' })).toBeVisible()
})

test('SE-1 logging in again in the same browser takes a new session and ends the former', async ({
  page,
  person,
  request,
  context,
}) => {
  await registerByApi(request, person)
  await page.goto('/login')
  await logIn(page, person.email, person.password)
  await expect(page).toHaveURL(/\/dashboard$/)
  const former = await context.cookies()
  await page.request.post('/auth/login/', {
    data: { identifier: person.email, password: person.password },
    headers: { origin: new URL(page.url()).origin },
  })
  const held = await context.cookies()
  expect(held.map(({ value }) => value)).not.toEqual(former.map(({ value }) => value))
  await page.goto('about:blank')
  await context.clearCookies()
  await context.addCookies(former)
  await page.goto('/dashboard')
  await expect(page).toHaveURL(/\/login/)
})
