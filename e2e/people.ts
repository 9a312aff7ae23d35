/** The people of the browser tests: each with an account, a client address and a browser of their own. */
import { test as base, expect, type APIRequestContext, type Page } from '@playwright/test'

export { expect }

export interface Person {
  email: string
  username: string
  password: string
}

let count = 0

/** Nobody has registered with these yet. */
export function newPerson(): Person {
  const name = `p${process.pid}n${count++}t${Date.now().toString(36)}`
  return { email: `${name}@example.com`, username: name, password: `seven green bottles ${name.slice(-3)}` }
}

interface Fixtures {
  person: Person
  /** A person who has registered and looks at the dashboard. */
  registered: Person
}

export const test = base.extend<Fixtures>({
  // A client address of one's own, so that one test's failed logins are not another's (TH-4).
  extraHTTPHeaders: async ({}, use) => use({ 'x-forwarded-for': newAddress() }),
  person: async ({}, use) => use(newPerson()),
  registered: async ({ page, person }, use) => {
    await register(page, person)
    await use(person)
  },
})

export function newAddress(): string {
  const byte = () => 1 + Math.floor(Math.random() * 254)
  return `10.${byte()}.${byte()}.${byte()}`
}

export async function register(page: Page, { email, username, password }: Person, query = ''): Promise<void> {
  await page.goto(`/register${query}`)
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('Create your account')
}

export async function fillLogin(page: Page, identifier: string, password: string): Promise<void> {
  await page.getByLabel('Email or username').fill(identifier)
  await page.getByLabel('Password', { exact: true }).fill(password)
}

export async function logIn(page: Page, identifier: string, password: string): Promise<void> {
  await fillLogin(page, identifier, password)
  await page.getByRole('button', { name: 'Log in' }).click()
}

/** By the account menu, as people do. */
export async function logOut(page: Page): Promise<void> {
  await page.getByRole('banner').locator('summary').click()
  await page.getByRole('banner').getByRole('button', { name: 'Log out' }).click()
  await expect(page).toHaveURL(/\/login$/)
}

/** Registers over HTTP, where the form is not what is tested. */
export async function registerByApi(request: APIRequestContext, person: Person, base = ''): Promise<void> {
  const reply = await request.post(`${base}/api/register/`, { data: person })
  expect(reply.status()).toBe(201)
}

/** One's session as the server tells it: `GET /auth/session/`, with the page's cookies. */
export async function session(
  page: Page,
): Promise<{ id: string; generation: number; access: { id: string; expires_at: string } } | null> {
  const reply = await page.request.get('/auth/session/')
  return reply.status() === 200 ? (await reply.json()).session : null
}

/** The hidden fields of the form with this button: what a browser without JavaScript sends, and how Next finds the action. */
export function hiddenFields(html: string, button: string): Record<string, string> {
  const form = html.match(/<form[\s\S]*?<\/form>/g)?.find((text) => text.includes(button)) ?? ''
  const plain = (text = '') => text.replaceAll('&quot;', '"').replaceAll('&amp;', '&')
  const inputs = [...form.matchAll(/<input type="hidden" name="([^"]*)"(?: value="([^"]*)")?/g)]
  return Object.fromEntries(inputs.map(([, name, value]) => [plain(name), plain(value)]))
}

/** The id a browser with JavaScript sends in Next-Action. */
export function actionId(fields: Record<string, string>): string {
  return /[0-9a-f]{40,}/.exec(JSON.stringify(fields))?.[0] ?? 'no action in this form'
}
