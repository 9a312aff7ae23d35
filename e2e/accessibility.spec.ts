/** Every page for everybody: no axe violation in either theme and width, the keyboard alone, a phone's width, and a clean console. */
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, fillLogin, logIn, register, test } from './people'
import { standard } from './servers'

const publicPages = ['/', '/login', '/register?next=%2Faccount%2Fprofile', '/logout', '/login?ended=reuse', '/api/docs']
const ownPages = [
  '/dashboard',
  '/account/profile',
  '/account/security',
  '/account/sessions',
  '/reauthenticate',
  '/no/such/page',
]
/** The gate's own page, a 400: browsers find every name under localhost here, and this one is not ours. */
const foreignName = standard.url.replace('localhost', 'elsewhere.localhost')
const widths = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } }

async function violations(page: Page) {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
}

/** What the page or its policy complained about. A refusal page's own status is no complaint. */
async function complaints(page: Page): Promise<string[]> {
  const heard: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 40[04]/.test(message.text())) heard.push(message.text())
  })
  page.on('pageerror', (error) => heard.push(error.message))
  await page.exposeFunction('hearComplaint', (text: string) => heard.push(text))
  await page.addInitScript(() => {
    const tell = Reflect.get(window, 'hearComplaint')
    addEventListener('securitypolicyviolation', (event) => tell(`${event.violatedDirective} ${event.blockedURI}`))
  })
  return heard
}

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [name, viewport] of Object.entries(widths)) {
    test.describe(`${colorScheme}, ${name}`, () => {
      test.use({ colorScheme, viewport })

      test('no axe violation and no complaint on any page', async ({ page, person, request }) => {
        test.setTimeout(120_000)
        const heard = await complaints(page)
        for (const path of [...publicPages, foreignName]) {
          await page.goto(path)
          expect([path, ...(await violations(page))]).toEqual([path])
        }
        await page.goto('/register')
        await page.getByLabel('Email').fill('nobody')
        await page.getByRole('button', { name: 'Create account' }).click()
        await expect(page.getByText('Enter a valid email address.')).toBeVisible()
        expect(await violations(page)).toEqual([])
        await page.goto('/login')
        await logIn(page, 'nobody', 'nothing that counts')
        await expect(page.getByRole('alert').filter({ hasText: 'No account matches' })).toBeVisible()
        expect(await violations(page)).toEqual([])

        await register(page, person)
        // A second one, for the sessions page to list.
        const { email, password } = person
        await request.post('/api/token/', { data: { email, password } })
        for (const path of ownPages) {
          await page.goto(path)
          expect([path, ...(await violations(page))]).toEqual([path])
        }
        await page.goto('/dashboard')
        await page.getByRole('banner').locator('summary').click()
        expect(await violations(page)).toEqual([])
        expect(heard).toEqual([])
      })
    })
  }
}

test('no page is wider than a small phone', async ({ page, person }) => {
  await page.setViewportSize({ width: 320, height: 640 })
  const overflow = () =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  for (const path of [...publicPages, foreignName]) {
    await page.goto(path)
    expect([path, await overflow()]).toEqual([path, 0])
  }
  await register(page, person)
  for (const path of ownPages) {
    await page.goto(path)
    expect([path, await overflow()]).toEqual([path, 0])
  }
})

test('the keyboard alone: register, open the menu, log out, log in', async ({ page, person }) => {
  await page.goto('/register')
  await page.getByLabel('Email').focus()
  await page.keyboard.type(person.email)
  await page.keyboard.press('Tab')
  await page.keyboard.type(person.username)
  await page.keyboard.press('Tab')
  await page.keyboard.type(person.password)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/dashboard$/)

  await tabTo(page, 'SUMMARY')
  await page.keyboard.press('Enter')
  for (let i = 0; i < 20 && (await focused(page)) !== 'Log out'; i++) await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/login$/)

  await page.keyboard.type(person.email)
  await page.keyboard.press('Tab')
  await page.keyboard.type(person.password)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/dashboard$/)
})

test('each stop of the tab key on the login form can be seen', async ({ page }) => {
  await page.goto('/login')
  for (let stop = 0; stop < 6; stop++) {
    const outline = await page.evaluate(() => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(document.activeElement ?? document.body)
      return (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none'
    })
    expect([await focused(page), outline]).toEqual([await focused(page), true])
    await page.keyboard.press('Tab')
  }
})

test('after a refused form the focus is where it helps', async ({ page }) => {
  await page.goto('/login')
  await fillLogin(page, '', '')
  await page.getByRole('button', { name: 'Log in' }).click()
  await expect(page.getByLabel('Email or username')).toBeFocused()
})

async function tabTo(page: Page, tag: string) {
  for (let i = 0; i < 20; i++) {
    if ((await page.evaluate(() => document.activeElement?.tagName)) === tag) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`The tab key never came to ${tag}.`)
}

const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent?.trim())
