/** The client against a real HTTP server that issues, renews and refuses tokens as the real one does, and is as slow as a test wants. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { z } from 'zod'
import { afterEach, beforeEach, describe, expect, expectTypeOf, test } from 'vitest'
import type { ownRecord, registered } from '#lib/web/api-description/accounts'
import {
  ApiError,
  BodyUsedUp,
  createLatchkeyClient,
  LoginNeeded,
  memoryHolder,
  type OwnRecord,
  type Registered,
  type TokenHolder,
} from './latchkey-client'

/** One session: the tokens of generation n are a<n> and r<n>. A used refresh token that comes back ends it. */
interface Fake {
  url: string
  generation: number
  /** The access tokens that are good. */
  good: Set<string>
  over: boolean
  /** Every request, as `METHOD path token`. */
  seen: string[]
  refreshes: number
  /** What a refresh answers instead. */
  refreshAnswer: RefreshAnswer | null
  rotate: boolean
  delayMs: number
  bodies: string[]
  server: Server
}

interface RefreshAnswer {
  status: number
  body: string
  headers?: Record<string, string>
}

let fake: Fake
beforeEach(async () => {
  fake = {
    ...{ url: '', generation: 0, good: new Set(['a0']), over: false, seen: [], refreshes: 0, refreshAnswer: null },
    ...{ rotate: true, delayMs: 0, bodies: [], server: createServer((request, reply) => void answer(request, reply)) },
  }
  await new Promise<void>((resolve) => fake.server.listen(0, '127.0.0.1', resolve))
  fake.url = `http://127.0.0.1:${(fake.server.address() as AddressInfo).port}`
})
afterEach(async () => {
  fake.server.closeAllConnections()
  await new Promise((resolve) => fake.server.close(resolve))
})

async function answer(request: IncomingMessage, reply: ServerResponse): Promise<void> {
  const body = await textOf(request)
  const token = (request.headers.authorization ?? '').replace('Bearer ', '')
  fake.seen.push(`${request.method} ${request.url} ${token}`.trim())
  const say = (status: number, value: unknown, headers = {}) =>
    reply.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(value))
  switch (request.url) {
    case '/api/token/':
      return void say(200, { access: `a${fake.generation}`, refresh: `r${fake.generation}` })
    case '/api/token/blacklist/':
      if (JSON.parse(body).refresh !== `r${fake.generation}`) return void say(401, { detail: 'Token is blacklisted' })
      fake.over = true
      return void say(200, {})
    case '/api/token/refresh/':
      fake.refreshes++
      return void (await answerRefresh(body, reply))
    default:
      if (!fake.good.has(token)) return void say(401, { detail: 'not valid', code: 'token_not_valid' })
      fake.bodies.push(body)
      return void say(200, { token, path: request.url })
  }
}

/** The database is quick, the way back slow: the old token is used up before anybody knows of the new ones. */
async function answerRefresh(body: string, reply: ServerResponse): Promise<void> {
  const answer = fake.refreshAnswer ?? renewed(JSON.parse(body).refresh)
  await pause(fake.delayMs)
  reply.writeHead(answer.status, answer.headers).end(answer.body)
}

function renewed(refresh: string): RefreshAnswer {
  if (refresh !== `r${fake.generation}`) fake.over = true
  if (fake.over) return { status: 401, body: '{"detail":"Token is blacklisted","code":"token_not_valid"}' }
  if (fake.rotate) fake.generation++
  const access = fake.rotate ? `a${fake.generation}` : `a${fake.generation}+${fake.refreshes}`
  fake.good = new Set([access])
  return { status: 200, body: JSON.stringify(fake.rotate ? { access, refresh: `r${fake.generation}` } : { access }) }
}

const textOf = async (request: IncomingMessage) => Buffer.concat(await request.toArray()).toString()
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const loggedIn = (holder: TokenHolder = memoryHolder({ access: 'a0', refresh: 'r0' })) => ({
  holder,
  client: createLatchkeyClient({ server: fake.url, holder }),
})
/** The access token has run out. */
const expire = () => fake.good.clear()

describe('an access token', () => {
  test('goes along; while it is good nothing is refreshed', async () => {
    const { client } = loggedIn()
    expect(await (await client.fetch('/x?y=1')).json()).toEqual({ token: 'a0', path: '/x?y=1' })
    expect(fake.refreshes).toBe(0)
  })

  test('that has run out is renewed, and the request is sent once more', async () => {
    const { client, holder } = loggedIn()
    expire()
    expect(await (await client.fetch('/x', { method: 'PUT', body: 'text' })).json()).toMatchObject({ token: 'a1' })
    expect(fake.seen).toEqual(['PUT /x a0', 'POST /api/token/refresh/', 'PUT /x a1'])
    expect(fake.bodies).toEqual(['text'])
    expect(await holder.read()).toEqual({ access: 'a1', refresh: 'r1' })
  })

  test('without rotation leaves the refresh token as it is', async () => {
    fake.rotate = false
    const { client, holder } = loggedIn()
    expire()
    expect((await client.fetch('/x')).status).toBe(200)
    expect(await holder.read()).toEqual({ access: 'a0+1', refresh: 'r0' })
  })

  test('is never sent to a stranger, but to the services that were named', async () => {
    const { client } = loggedIn()
    await expect(client.fetch('http://localhost:1/x')).rejects.toThrow(TypeError)
    await expect(client.fetch('//evil.example/x')).rejects.toThrow('The access token is not for http://evil.example.')
    const options = {
      server: 'http://localhost:1',
      services: [fake.url],
      holder: memoryHolder({ access: 'a0', refresh: 'r0' }),
    }
    expect((await createLatchkeyClient(options).fetch(`${fake.url}/x`)).status).toBe(200)
    expect(fake.seen).toEqual(['GET /x a0'])
  })

  test('is put beside the headers of the caller, in place of one of theirs', async () => {
    const { client } = loggedIn()
    const headers = { authorization: 'Bearer theirs', 'x-mine': '1' }
    expect((await client.fetch('/x', { headers })).status).toBe(200)
    expect(headers.authorization).toBe('Bearer theirs')
  })
})

describe('one refresh', () => {
  test('serves forty requests that fail at once', async () => {
    const { client } = loggedIn()
    expire()
    fake.delayMs = 50
    const replies = await Promise.all(Array.from({ length: 40 }, (_, i) => client.fetch(`/${i}`)))
    expect(replies.map(({ status }) => status)).toEqual(Array(40).fill(200))
    expect(fake.refreshes).toBe(1)
  })

  test('serves a request whose refusal comes when all is done', async () => {
    const slow = loggedIn()
    // Its 401 is held back until another request has renewed the tokens.
    let release = () => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    const holding: typeof fetch = async (address, init) => {
      const reply = await fetch(address, init)
      if (String(address).endsWith('/late') && reply.status === 401) await held
      return reply
    }
    const client = createLatchkeyClient({ server: fake.url, holder: slow.holder, fetch: holding })
    expire()
    const late = client.fetch('/late')
    expect((await client.fetch('/early')).status).toBe(200)
    release()
    expect((await late).status).toBe(200)
    expect(fake.refreshes).toBe(1)
  })

  test('is waited for by requests that begin under it', async () => {
    const { client } = loggedIn()
    expire()
    fake.delayMs = 80
    const first = client.fetch('/first')
    await until(() => fake.refreshes === 1)
    expect((await client.fetch('/second')).status).toBe(200)
    await first
    expect(fake.seen.filter((line) => line.startsWith('GET /second'))).toEqual(['GET /second a1'])
  })

  test('is followed by another when the next token has run out, again and again', async () => {
    const { client } = loggedIn()
    for (let i = 1; i <= 5; i++) {
      expire()
      expect((await client.fetch('/x')).status).toBe(200)
      expect(fake.refreshes).toBe(i)
    }
  })
})

test('a second 401 is handed on as it is: nothing loops', async () => {
  const { client } = loggedIn()
  const refuseAll: typeof fetch = async (address, init) => {
    const reply = await fetch(address, init)
    return String(address).includes('refresh') ? reply : new Response('no', { status: 401 })
  }
  const stubborn = createLatchkeyClient({ server: fake.url, holder: loggedIn().holder, fetch: refuseAll })
  const reply = await stubborn.fetch('/x')
  expect([reply.status, await reply.text(), fake.refreshes]).toEqual([401, 'no', 1])
  expect(fake.seen).toHaveLength(3)
  expect(client).toBeDefined()
})

describe('a refresh that fails', () => {
  test('is refused: everybody who waits is told to log in, the holder is empty, and nothing more is sent', async () => {
    const { client, holder } = loggedIn()
    expire()
    fake.over = true
    fake.delayMs = 30
    const endings = await Promise.allSettled(Array.from({ length: 5 }, () => client.fetch('/x')))
    for (const ending of endings) expect(ending).toMatchObject({ status: 'rejected', reason: expect.any(LoginNeeded) })
    expect(await holder.read()).toBeNull()
    const sent = fake.seen.length
    await expect(client.fetch('/x')).rejects.toThrow(LoginNeeded)
    expect([fake.seen.length, fake.refreshes]).toEqual([sent, 1])
  })

  test.each([
    ['the server is busy', { status: 503, body: '{"detail":"busy"}', headers: { 'Retry-After': '5' } }],
    ['the server has a fault', { status: 500, body: '{"detail":"busy"}', headers: { 'Retry-After': '5' } }],
  ])('because %s: the tokens stay, and it works later', async (_, trouble) => {
    const { client, holder } = loggedIn()
    expire()
    fake.refreshAnswer = trouble
    const error = await client.fetch('/x').catch((error: unknown) => error)
    expect(error).toMatchObject({ name: 'ApiError', status: trouble.status, message: 'busy', retryAfterSeconds: 5 })
    expect(await holder.read()).toEqual({ access: 'a0', refresh: 'r0' })
    fake.refreshAnswer = null
    expect((await client.fetch('/x')).status).toBe(200)
  })

  test('because a page of somebody else came back: it is no token', async () => {
    const { client, holder } = loggedIn()
    expire()
    fake.refreshAnswer = { status: 200, body: '<h1>Hotel</h1>' }
    await expect(client.fetch('/x')).rejects.toThrow(ApiError)
    expect(await holder.read()).toEqual({ access: 'a0', refresh: 'r0' })
  })

  test('because nobody answers in time: the tokens stay', async () => {
    const holder = memoryHolder({ access: 'a0', refresh: 'r0' })
    const client = createLatchkeyClient({ server: fake.url, holder, refreshPatienceMs: 40 })
    expire()
    fake.delayMs = 300
    await expect(client.fetch('/x')).rejects.toMatchObject({ name: 'TimeoutError' })
    expect(await holder.read()).not.toBeNull()
  })
})

describe('giving up', () => {
  test('takes the refresh from nobody else', async () => {
    const { client, holder } = loggedIn()
    expire()
    fake.delayMs = 80
    const abort = new AbortController()
    const given = client.fetch('/given-up', { signal: abort.signal })
    const other = client.fetch('/other')
    await until(() => fake.refreshes === 1)
    abort.abort()
    await expect(given).rejects.toMatchObject({ name: 'AbortError' })
    // At once, not when the refresh is through.
    expect(await holder.read()).toEqual({ access: 'a0', refresh: 'r0' })
    expect((await other).status).toBe(200)
    expect(fake.refreshes).toBe(1)
    expect(await holder.read()).toEqual({ access: 'a1', refresh: 'r1' })
    expect(fake.seen.filter((line) => line.includes('/given-up'))).toEqual(['GET /given-up a0'])
  })

  test('alone still leaves the new tokens in the holder: the old ones are used up', async () => {
    const { client, holder } = loggedIn()
    expire()
    fake.delayMs = 50
    const abort = new AbortController()
    const given = client.fetch('/x', { signal: abort.signal })
    await until(() => fake.refreshes === 1)
    abort.abort()
    await expect(given).rejects.toMatchObject({ name: 'AbortError' })
    await until(async () => (await holder.read())?.access === 'a1')
    expect((await client.fetch('/x')).status).toBe(200)
    expect(fake.refreshes).toBe(1)
  })

  test('before it began sends nothing', async () => {
    const { client } = loggedIn()
    await expect(client.fetch('/x', { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' })
    expect(fake.seen).toEqual([])
  })
})

describe('a body', () => {
  const bytes = new TextEncoder().encode('text')
  test.each<[string, () => BodyInit]>([
    ['text', () => 'text'],
    ['bytes', () => bytes],
    ['a buffer', () => bytes.slice().buffer],
    ['a blob', () => new Blob(['text'])],
    ['fields', () => new URLSearchParams({ text: '' })],
  ])('of %s is sent again whole', async (_, body) => {
    const { client } = loggedIn()
    expire()
    expect((await client.fetch('/x', { method: 'POST', body: body() })).status).toBe(200)
    expect(fake.bodies[0]).toMatch(/^text=?$/)
  })

  test('that is a stream is never sent again: the tokens are renewed, and the caller is told', async () => {
    const { client } = loggedIn()
    expire()
    const stream = () => new Blob(['text']).stream()
    await expect(client.fetch('/x', { method: 'POST', body: stream() })).rejects.toThrow(BodyUsedUp)
    expect(fake.seen).toEqual(['POST /x a0', 'POST /api/token/refresh/'])
    expect((await client.fetch('/x', { method: 'POST', body: stream() })).status).toBe(200)
    expect(fake.bodies).toEqual(['text'])
  })
})

describe('login and logout', () => {
  test('a login fills the holder, a logout ends the session and empties it', async () => {
    const { client, holder } = loggedIn(memoryHolder())
    await expect(client.fetch('/x')).rejects.toThrow(LoginNeeded)
    await client.login({ username: 'ada', password: 'x' })
    expect(await holder.read()).toEqual({ access: 'a0', refresh: 'r0' })
    await client.logout()
    expect([fake.over, await holder.read()]).toEqual([true, null])
    await client.logout()
    expect(fake.seen.filter((line) => line.includes('blacklist'))).toHaveLength(1)
  })

  test('a logout under a refresh ends what the refresh brings', async () => {
    const { client, holder } = loggedIn()
    expire()
    fake.delayMs = 60
    const request = client.fetch('/x').catch(() => null)
    await until(() => fake.refreshes === 1)
    await client.logout()
    await request
    expect([fake.over, await holder.read()]).toEqual([true, null])
  })

  test('a login under a refresh has the last word', async () => {
    const { client, holder } = loggedIn()
    expire()
    fake.delayMs = 60
    const request = client.fetch('/x').catch(() => null)
    await until(() => fake.refreshes === 1)
    await holder.write({ access: 'mine', refresh: 'mine' })
    await request
    expect(await holder.read()).toEqual({ access: 'mine', refresh: 'mine' })
  })

  test('a holder that takes its time, such as a file, works the same', async () => {
    const inside = memoryHolder({ access: 'a0', refresh: 'r0' })
    const slow: TokenHolder = {
      read: () => pause(5).then(() => inside.read()),
      write: (tokens) => pause(5).then(() => inside.write(tokens)),
    }
    const { client } = loggedIn(slow)
    expire()
    const replies = await Promise.all(Array.from({ length: 10 }, () => client.fetch('/x')))
    expect(replies.every(({ ok }) => ok)).toBe(true)
    expect(fake.refreshes).toBe(1)
  })
})

test('its types are those of the description', () => {
  expectTypeOf<OwnRecord>().toEqualTypeOf<z.output<typeof ownRecord>>()
  expectTypeOf<Registered>().toEqualTypeOf<z.output<typeof registered>>()
})

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300 && !(await condition()); tries++) await pause(10)
}
