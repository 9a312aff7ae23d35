/** The explorer page: a person reads the API and calls it, by mouse, by keyboard, and reads it without JavaScript. */
import AxeBuilder from '@axe-core/playwright'
import type { Locator, Page } from '@playwright/test'
import { expect, registerByApi, session, test } from './people'
import { standard } from './servers'

const endpoint = (page: Page, path: string): Locator =>
  page.locator('details', { has: page.getByRole('heading', { name: path, exact: true }) })
const open = async (page: Page, path: string): Promise<Locator> => {
  const found = endpoint(page, path)
  await found.locator('summary').first().click()
  return found
}
const send = (where: Locator) => where.getByRole('button', { name: 'Send' }).click()
const answer = (where: Locator) => where.getByRole('status')

test('register, obtain tokens, use them, refresh, log out', async ({ page, person, context }) => {
  await page.goto('/api/docs')
  const register = await open(page, '/api/register/')
  await send(register)
  await expect(answer(register)).toContainText('400 Bad Request')
  await expect(answer(register)).toContainText('This field may not be blank.')
  await register.getByLabel('email').fill(person.email)
  await register.getByLabel('username').fill(person.username)
  await register.getByLabel('password', { exact: true }).fill(person.password)
  await send(register)
  await expect(answer(register)).toContainText('201 Created')

  const me = await open(page, '/api/me/')
  await expect(me.getByText('There is no access token in the box above')).toBeVisible()
  await send(me)
  await expect(answer(me)).toContainText('401 Unauthorized')

  const obtain = await open(page, '/api/token/')
  await obtain.getByLabel('email').fill(person.email)
  await obtain.getByLabel('password', { exact: true }).fill(person.password)
  await send(obtain)
  await obtain.getByRole('button', { name: 'Use this access token' }).click()
  await expect(page.getByLabel('Access token', { exact: true }).and(page.locator('textarea'))).toHaveValue(/^eyJ/)
  await expect(page.getByText(/^Good until \d/)).toBeVisible()
  await send(me)
  await expect(answer(me)).toContainText(person.email)
  await answer(me)
    .getByText(/\d+ headers/)
    .click()
  await expect(answer(me).getByText('x-request-id')).toBeVisible()

  const refresh = await open(page, '/api/token/refresh/')
  await refresh.getByRole('button', { name: 'Insert the refresh token' }).click()
  await send(refresh)
  await refresh.getByRole('button', { name: 'Use this access token' }).click()
  const blacklist = await open(page, '/api/token/blacklist/')
  await blacklist.getByRole('button', { name: 'Insert the refresh token' }).click()
  await send(blacklist)
  await expect(answer(blacklist)).toContainText('200 OK')
  await send(me)
  await expect(answer(me)).toContainText('Token is invalid')

  // Nothing of it outlives the page.
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href]))
  expect(kept).toBe(JSON.stringify([{}, {}, `${standard.url}/api/docs`]))
  expect(await context.cookies()).toEqual([])
  await page.reload()
  await expect(page.getByLabel('Access token', { exact: true }).and(page.locator('textarea'))).toHaveValue('')
})

test('the curl command is the call, without the password', async ({ page, person, request }) => {
  await registerByApi(request, person)
  await page.goto('/api/docs')
  const obtain = await open(page, '/api/token/')
  const command = obtain.locator('pre').first()
  await expect(command).toContainText('"email":"ada@example.com"')
  await obtain.getByLabel('email').fill("o'neil@example.com")
  await obtain.getByLabel('password', { exact: true }).fill(person.password)
  await expect(command).toContainText(`-X POST '${standard.url}/api/token/'`)
  await expect(command).toContainText(`"email":"o'\\''neil@example.com","password":"YOUR PASSWORD"`)
  await expect(command).not.toContainText(person.password)
})

test('who is logged in here calls the API as nobody: no cookie goes along', async ({ page, registered }) => {
  await page.goto('/api/docs')
  const asked = page.waitForRequest('**/api/protected/')
  const view = await open(page, '/api/protected/')
  await send(view)
  await expect(answer(view)).toContainText('401 Unauthorized')
  expect(await (await asked).allHeaders()).not.toHaveProperty('cookie')
  expect(await session(page)).not.toBeNull()
  expect(registered).toBeTruthy()
})

test('the page of one endpoint has an address', async ({ page }) => {
  await page.goto('/api/docs#verify')
  await expect(endpoint(page, '/api/token/verify/').getByText('Either kind of token')).toBeVisible()
})

test('the keyboard alone', async ({ page, person }) => {
  await page.goto('/api/docs')
  const obtain = endpoint(page, '/api/token/')
  await obtain.locator('summary').first().focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  await page.keyboard.type(person.email)
  await page.keyboard.press('Tab')
  await page.keyboard.type('nothing that counts')
  await page.keyboard.press('Enter')
  await expect(answer(obtain)).toContainText('No active account found')
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`no axe violation, no complaint and no scroll bar with an endpoint open, ${colorScheme}`, async ({
    browser,
  }) => {
    const context = await browser.newContext({
      baseURL: standard.url,
      colorScheme,
      viewport: { width: 390, height: 844 },
    })
    const page = await context.newPage()
    const heard: string[] = []
    page.on('console', (message) => void (message.type() === 'error' && heard.push(message.text())))
    page.on('pageerror', (error) => heard.push(error.message))
    await page.goto('/api/docs')
    const register = await open(page, '/api/register/')
    await send(register)
    await expect(answer(register)).toContainText('400')
    await register.locator('ul summary').first().click()
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
    await page.setViewportSize({ width: 320, height: 640 })
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(overflow).toBeLessThanOrEqual(0)
    // The browser reports the refusal that was asked for.
    expect(heard.filter((text) => !/status of 400/.test(text))).toEqual([])
    await context.close()
  })
}

test('HD-1 it is a page: a nonce on each script, none from elsewhere, no style attribute; HD-6 nothing but GET and HEAD', async ({
  request,
}) => {
  const reply = await request.get('/api/docs')
  const policy = reply.headers()['content-security-policy'] ?? ''
  const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? 'no nonce'
  expect(policy).toContain(`script-src 'self' 'nonce-${nonce}' 'strict-dynamic'`)
  expect(policy).not.toContain('unsafe')
  expect(reply.headers()['cache-control']).toBe('private, no-store')
  const html = await reply.text()
  const scripts = html.match(/<script\b[^>]*>/g) ?? []
  expect(scripts.length).toBeGreaterThan(0)
  for (const script of scripts) {
    expect(script).toContain(`nonce="${nonce}"`)
    expect(script).not.toMatch(/src="(?!\/_next\/)/)
  }
  expect(html).not.toMatch(/<[^>]+\sstyle=/)
  for (const method of ['POST', 'PUT', 'DELETE']) {
    const refused = await request.fetch('/api/docs', { method, headers: { origin: standard.url } })
    expect([refused.status(), refused.headers().allow]).toEqual([405, 'GET, HEAD'])
  }
  const slash = await request.get('/api/docs/', { maxRedirects: 0 })
  expect([slash.status(), slash.headers().location]).toEqual([308, '/api/docs'])
})

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('it can be read, says so, and has a curl command for each endpoint', async ({ page }) => {
    await page.goto('/api/docs')
    await expect(page.getByText('Without JavaScript this page is for reading')).toBeVisible()
    const verify = await open(page, '/api/token/verify/')
    await expect(verify.getByText('Either kind of token')).toBeVisible()
    await expect(verify.locator('pre').first()).toContainText(`curl -X POST '${standard.url}/api/token/verify/'`)
    await expect(verify.getByRole('button')).toHaveCount(0)
  })
})
