/** The README's own page and handler, in a build of their own: protected as it says. */
import { execFileSync } from 'node:child_process'
import { expect, register, test } from './people'
import { readmeApp, root } from './servers'

test.use({ baseURL: readmeApp.url })

test('its page is for those who are logged in, and greets them', async ({ page, person }) => {
  await page.goto('/reports')
  await expect(page).toHaveURL(/\/login\?next=%2Freports$/)
  await register(page, person, '?next=%2Freports')
  await expect(page).toHaveURL(/\/reports$/)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Reports for ${person.email}`)
})

test('its handler answers them, and others get 401 in words', async ({ page, request, person }) => {
  const stranger = await request.get('/reports/data')
  expect(stranger.status()).toBe(401)
  expect(await stranger.json()).toEqual({ detail: 'You are not logged in.', code: 'not_authenticated' })
  await register(page, person)
  expect(await (await page.request.get('/reports/data')).json()).toEqual({ owner: person.email })
})

/** The command line beside the running server, with its settings. */
const manage = (...args: string[]) =>
  execFileSync(process.execPath, ['--import', 'tsx', 'cli/manage.ts', ...args], {
    cwd: root,
    env: { ...process.env, ...readmeApp.env },
    timeout: 60_000,
    stdio: 'ignore',
  })

test('its page for a permission: to the login, then 403 in words, then there with the role, and 403 again without it', async ({
  page,
  person,
}) => {
  await page.goto('/reports/all')
  await expect(page).toHaveURL(/\/login\?next=%2Freports%2Fall$/)
  await register(page, person)
  const refused = await page.goto('/reports/all')
  expect(refused?.status()).toBe(403)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('You may not see this page')
  manage('group', 'create', 'analysts')
  manage('group', 'permissions', 'analysts', '--add', 'view_reports')
  manage('user', 'groups', person.email, '--add', 'analysts')
  // The embedded database sends no notices: the server asks once a second.
  const status = async () => (await page.goto('/reports/all'))?.status()
  await expect.poll(status).toBe(200)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('All reports, analysts')
  manage('user', 'groups', person.email, '--remove', 'analysts')
  await expect.poll(status).toBe(403)
})
