/** The README's own page and handler, in a build of their own: protected as it says. */
import { expect, register, test } from './people'
import { readmeApp } from './servers'

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
