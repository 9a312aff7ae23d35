/** The registration form: errors beside their fields, what was typed kept, and one winner of two (PW-1 to PW-12). */
import { expect, newPerson, register, registerByApi, test, type Person } from './people'

async function fill(page: import('@playwright/test').Page, { email, username, password }: Person) {
  await page.goto('/register')
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Create account' }).click()
}

test('every wrong field is named at once, beside it, and what was typed stays', async ({ page }) => {
  await fill(page, { email: 'nobody', username: 'two words', password: 'short' })
  const described = async (label: string) => {
    const field = page.getByLabel(label, { exact: true })
    await expect(field).toHaveAttribute('aria-invalid', 'true')
    const ids = (await field.getAttribute('aria-describedby')) ?? ''
    return (await Promise.all(ids.split(' ').map((id) => page.locator(`[id="${id}"]`).textContent()))).join(' ')
  }
  expect(await described('Email')).toContain('Enter a valid email address.')
  expect(await described('Username')).toContain('Enter a valid username.')
  expect(await described('Password')).toContain('at least 12 characters')
  await expect(page.getByLabel('Email')).toHaveValue('nobody')
  await expect(page.getByLabel('Username')).toHaveValue('two words')
})

for (const [id, password, words] of [
  ['PW-1', 'elevenchars', 'too short'],
  ['PW-7', 'passwordpassword', 'first that attackers try'],
  ['PW-7', 'aaaaaaaaaaaaaa', 'first that attackers try'],
  ['PW-2', 'x'.repeat(64) + 'y'.repeat(65), 'at most 128'],
] as const) {
  test(`${id} the password ${password.slice(0, 16)} is refused, with how to do better`, async ({ page, person }) => {
    await fill(page, { ...person, password })
    await expect(page.getByText(words)).toBeVisible()
  })
}

test('PW-8 a password made of the own name is refused', async ({ page, person }) => {
  await fill(page, { ...person, password: `${person.username}1!` })
  await expect(page.getByText('mostly your name')).toBeVisible()
})

test('a taken email and username are said beside their fields', async ({ page, person, request }) => {
  await registerByApi(request, person)
  await fill(page, { ...person, email: person.email.toUpperCase(), username: person.username.toUpperCase() })
  await expect(page.getByText('An account with this email already exists.')).toBeVisible()
  await expect(page.getByText('This username already exists')).toBeVisible()
})

test('of two at once one registers, the other gets the field error', async ({ request }) => {
  const person = newPerson()
  const replies = await Promise.all([1, 2].map(() => request.post('/api/register/', { data: person })))
  expect(replies.map((reply) => reply.status()).sort()).toEqual([201, 400])
  const loser = await replies.find((reply) => reply.status() === 400)?.json()
  expect(loser.email).toEqual(['user with this email already exists.'])
})

test('next is kept through registration', async ({ page, person }) => {
  await register(page, person, '?next=%2Faccount%2Fsessions')
  await expect(page).toHaveURL(/\/account\/sessions$/)
})

test('PW-12 fields speak to password managers, and the password can be shown', async ({ page }) => {
  await page.goto('/register')
  await expect(page.getByLabel('Email')).toHaveAttribute('autocomplete', 'email')
  await expect(page.getByLabel('Username')).toHaveAttribute('autocomplete', 'username')
  const password = page.getByLabel('Password', { exact: true })
  await expect(password).toHaveAttribute('autocomplete', 'new-password')
  await expect(password).toHaveAttribute('type', 'password')
  await page.getByRole('button', { name: /show password/i }).click()
  await expect(password).toHaveAttribute('type', 'text')
})
