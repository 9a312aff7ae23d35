/** The client of clients/typescript against the real server, whose access tokens live two seconds. */
import { createLatchkeyClient, LoginNeeded, memoryHolder } from '../clients/typescript/latchkey-client'
import { expect, newAddress, newPerson, test } from './people'
import { hasty } from './servers'

/** A client of a new account, and every request it has made. */
async function newClient() {
  const sent: string[] = []
  const address = newAddress()
  const recording: typeof fetch = (url, init) => {
    sent.push(new URL(String(url)).pathname)
    const headers = new Headers(init?.headers)
    headers.set('x-forwarded-for', address)
    return fetch(url, { ...init, headers })
  }
  const holder = memoryHolder()
  const client = createLatchkeyClient({ server: hasty.url, holder, fetch: recording })
  const person = newPerson()
  await client.register(person)
  return { client, person, holder, sent, refreshes: () => sent.filter((path) => path === '/api/token/refresh/').length }
}

const runOut = () => new Promise((resolve) => setTimeout(resolve, 2500))

test('log in, outlive three access tokens with twenty requests at once each time, log out', async () => {
  const { client, person, holder, refreshes } = await newClient()
  await client.login({ email: person.email, password: person.password })
  const first = await client.me()
  expect(first).toMatchObject({ email: person.email, username: person.username })
  for (let round = 1; round <= 3; round++) {
    await runOut()
    const replies = await Promise.all(Array.from({ length: 20 }, () => client.fetch('/api/protected/')))
    expect(replies.map(({ status }) => status)).toEqual(Array(20).fill(200))
    expect(refreshes()).toBe(round)
  }
  // One session all along: no used refresh token has come back.
  expect((await client.me()).session.id).toBe(first.session.id)
  await client.logout()
  expect(await holder.read()).toBeNull()
  await expect(client.me()).rejects.toThrow(LoginNeeded)
})

test('a session that was ended elsewhere asks for a login, once, and a login mends it', async ({ request }) => {
  const { client, person, holder, refreshes } = await newClient()
  await client.login({ username: person.username, password: person.password })
  const refresh = (await holder.read())?.refresh
  await request.post(`${hasty.url}/api/token/blacklist/`, { data: { refresh } })
  const endings = await Promise.allSettled([client.me(), client.me(), client.me()])
  expect(endings.map((ending) => ending.status === 'rejected' && ending.reason.name)).toEqual(
    Array(3).fill('LoginNeeded'),
  )
  expect(refreshes()).toBe(1)
  await client.login({ email: person.email, password: person.password })
  expect((await client.me()).email).toBe(person.email)
})

test('what the server refuses comes as an error with its words', async () => {
  const { client, person } = await newClient()
  await expect(client.login({ email: person.email, password: 'not the password' })).rejects.toMatchObject({
    name: 'ApiError',
    status: 401,
    message: 'No active account found with the given credentials',
  })
  await expect(client.register(person)).rejects.toMatchObject({
    status: 400,
    body: { email: ['user with this email already exists.'], username: ['A user with that username already exists.'] },
  })
})
