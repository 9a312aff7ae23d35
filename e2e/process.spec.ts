/** The server as an operator meets it: starts that cannot work and say why, ends that leave nothing behind, and a database that dies. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { expect, newAddress, newPerson, test } from './people'
import { sendMuch } from './raw-http'
import { databasePid, freePort, isRunning, pause, startServer, until, type ServerProcess } from './server-process'
import { scratch } from './servers'

// Each of these servers has a PostgreSQL of its own: one after the other is kinder to a small machine.
test.describe.configure({ mode: 'serial' })

const started: ServerProcess[] = []
const start = (name: string, env: Record<string, string> = {}) =>
  startServer(name, env, (server) => void started.push(server))
test.afterEach(async () => {
  for (const server of started.splice(0)) {
    server.kill('SIGKILL')
    await server.exited
  }
})

test.describe('a start that cannot work says why in a sentence, what to do, and exits with 1', () => {
  const fails = async (name: string, env: Record<string, string>, ...words: string[]) => {
    const server = await start(name, env)
    expect(await server.exited).toBe(1)
    for (const word of words) expect(server.output()).toContain(word)
    expect(server.output()).not.toMatch(/^\s+at /m)
  }

  test('a port in use', async () => {
    const holder = net.createServer()
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve))
    const { port } = holder.address() as net.AddressInfo
    await fails('port', { PORT: String(port) }, `Port ${port} on 127.0.0.1 is in use`, 'choose another port')
    holder.close()
  })

  test('a data directory that cannot be made', async () => {
    const file = path.join(scratch, 'a-file')
    mkdirSync(scratch, { recursive: true })
    writeFileSync(file, '')
    await fails('blocked', { DATA_DIR: path.join(file, 'data') }, 'cannot be read or made', 'DATA_DIR')
  })

  test('a data directory that another server has', async () => {
    await start('shared')
    await fails('shared', {}, 'is in use by process', 'DATA_DIR')
  })

  test('a database that does not answer, and none of its password', async () => {
    const secrets = {
      AUTH_SECRET: 'a secret of the tests, long enough for them',
      PASSWORD_PEPPER: 'a pepper of the tests, long enough for them',
    }
    const url = 'postgresql://latchkey:tell-nobody@127.0.0.1:1/latchkey'
    const server = await start('nowhere', { DATABASE_URL: url, ...secrets })
    expect(await server.exited).toBe(1)
    expect(server.output()).toContain('127.0.0.1:1')
    expect(server.output()).not.toContain('tell-nobody')
  })

  test('settings that are wrong, all at once and each by its name', async () => {
    const wrong = { PASSWORD_MIN_LENGTH: '3', ROTATION_AGE: 'soon', PUBLIC_URL: 'http://login.example.com' }
    const all = { ...wrong, CORS_ORIGINS: '*' }
    await fails('settings', all, 'PASSWORD_MIN_LENGTH', 'ROTATION_AGE', 'PUBLIC_URL', 'CORS_ORIGINS', '.env')
  })
})

test('the first start makes secrets that only their owner can read, and greets with what to open', async () => {
  const server = await start('first')
  for (const name of ['AUTH_SECRET', 'PASSWORD_PEPPER']) {
    expect(statSync(path.join(scratch, 'first/secrets', name)).mode & 0o777).toBe(0o600)
  }
  expect(server.output()).toContain(`Open ${server.url}/register`)
  expect(server.output()).toContain('npm run manage -- createsuperuser')
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} ends everything, with 0`, async () => {
    const server = await start('ends')
    const database = databasePid(server) ?? 0
    expect(isRunning(database)).toBe(true)
    server.kill(signal)
    expect(await server.exited).toBe(0)
    expect(await until(() => !isRunning(database))).toBe(true)
  })
}

test('kill -9 of the server leaves no orphan', async () => {
  const server = await start('orphan')
  const database = databasePid(server) ?? 0
  expect(isRunning(database)).toBe(true)
  server.kill('SIGKILL')
  expect(await until(() => !isRunning(database))).toBe(true)
})

test('a restart keeps everything: the same browser is still logged in', async ({ browser }) => {
  const first = await start('restart')
  const context = await browser.newContext({ baseURL: first.url })
  expect(
    (await context.request.post('/auth/register/', { data: newPerson(), headers: { origin: first.url } })).status(),
  ).toBe(201)
  first.kill('SIGKILL')
  await first.exited
  const second = await start('restart', { PORT: new URL(first.url).port })
  expect(second.output()).not.toContain('Creating the database')
  const reply = await context.request.get('/dashboard', { maxRedirects: 0, headers: { accept: 'text/html' } })
  expect(reply.status()).toBe(200)
  await context.close()
})

test('kill -9 of the database: 503 for a moment, then all is back, nobody logged out and no acknowledged account lost', async ({
  browser,
}) => {
  const server = await start('database')
  const context = await browser.newContext({ baseURL: server.url })
  const person = newPerson()
  expect(
    (await context.request.post('/auth/register/', { data: person, headers: { origin: server.url } })).status(),
  ).toBe(201)
  const before = await context.cookies()

  const acknowledged: string[] = []
  const statuses = new Set<number>()
  for (let round = 0; round < 3; round++) {
    const database = databasePid(server)
    if (database) process.kill(database, 'SIGKILL')
    for (const end = Date.now() + 2500; Date.now() < end; await pause(20)) {
      const newcomer = newPerson()
      const [page, registration] = await Promise.all([
        context.request.get('/dashboard', { maxRedirects: 0, headers: { accept: 'text/html' } }),
        // Each from an address of its own: this is about the database, not about the throttle.
        context.request.post('/api/register/', { data: newcomer, headers: { 'x-forwarded-for': newAddress() } }),
      ])
      statuses.add(page.status())
      if (registration.status() === 201) acknowledged.push(newcomer.email)
      else expect(registration.status()).toBe(503)
    }
  }
  expect([...statuses].sort()).toEqual([200, 503])
  expect(await until(async () => (await context.request.get('/dashboard')).status() === 200)).toBe(true)
  expect((await context.cookies()).map(({ value }) => value)).toEqual(before.map(({ value }) => value))

  expect(acknowledged.length).toBeGreaterThan(0)
  for (const email of acknowledged) {
    const again = await context.request.post('/api/register/', {
      data: { email, username: email.replace('@', '.'), password: person.password },
      headers: { 'x-forwarded-for': newAddress() },
    })
    expect([email, again.status()]).toEqual([email, 400])
  }
  await context.close()
})

test('TH-9 a hundred bodies of 50 MB are refused and keep no memory', async () => {
  const server = await start('bodies')
  const { port } = new URL(server.url)
  const memory = () => Number(execFileSync('ps', ['-o', 'rss=', '-p', String(server.pid)], { encoding: 'utf8' })) / 1024
  const send = (path: string) => sendMuch({ port: Number(port), path, bytes: 50_000_000 })
  // The first requests load what answers them.
  for (const path of ['/api/token/', '/login']) expect((await send(path)).status).toBe(413)
  const before = memory()
  for (let round = 0; round < 10; round++) {
    const all = await Promise.all(Array.from({ length: 10 }, (_, i) => send(i % 2 ? '/api/token/' : '/login')))
    for (const { status, sent } of all) {
      expect(status).toBe(413)
      expect(sent).toBeLessThan(20_000_000)
    }
  }
  expect(memory() - before).toBeLessThan(100)
  expect((await fetch(`${server.url}/login`)).status).toBe(200)
})

test('LG-3 nothing secret of a whole session stands in what the server prints', async ({ browser }) => {
  const server = await start('log')
  const context = await browser.newContext({ baseURL: server.url })
  const person = newPerson()
  const headers = { origin: server.url }
  await context.request.post('/auth/register/', { data: person, headers })
  await context.request.post('/auth/login/', {
    data: { identifier: person.email, password: `wrong ${person.password}` },
    headers,
  })
  const tokens = await (await context.request.post('/api/token/', { data: person })).json()
  await context.request.post('/api/token/refresh/', { data: { refresh: `${tokens.refresh}x` } })
  await context.request.get('/api/me/', { headers: { authorization: `Bearer ${tokens.access}` } })
  // A fault is printed: it must not bring the query's values along.
  const database = databasePid(server)
  if (database) process.kill(database, 'SIGKILL')
  expect(
    (await context.request.post('/api/register/', { data: { ...newPerson(), password: person.password } })).status(),
  ).toBe(503)
  expect(server.output()).toContain('"event":"error"')
  const cookies = (await context.cookies()).map(({ value }) => value)
  for (const secret of [person.password, tokens.access, tokens.refresh, ...cookies])
    expect(server.output()).not.toContain(secret)
  expect(server.output()).not.toMatch(/v1:[0-9a-f]{8}:|\$2[aby]\$/)
  await context.close()
})

test('HD-4, section 6: with a PUBLIC_URL of https the cookies are Secure and __Host-, and HSTS is sent', async () => {
  const port = String(await freePort())
  const server = await start('https', { PORT: port, PUBLIC_URL: `https://localhost:${port}` })
  const headers = { origin: `https://localhost:${port}`, 'content-type': 'application/json' }
  const reply = await fetch(`${server.url}/auth/register/`, {
    method: 'POST',
    body: JSON.stringify(newPerson()),
    headers,
  })
  expect(reply.status).toBe(201)
  expect(reply.headers.get('strict-transport-security')).toBe('max-age=31536000; includeSubDomains')
  const cookies = reply.headers.getSetCookie()
  expect(cookies.map((cookie) => cookie.split('=')[0]).sort()).toEqual(['__Host-access_token', '__Host-refresh_token'])
  for (const cookie of cookies) expect(cookie).toMatch(/; Path=\/;.*; Secure; HttpOnly; SameSite=lax$/)

  const cookie = cookies.map((line) => line.split(';')[0]).join('; ')
  const page = await fetch(`${server.url}/dashboard`, { headers: { cookie, accept: 'text/html' }, redirect: 'manual' })
  expect(page.status).toBe(200)
  expect(page.headers.get('content-security-policy')).toContain('upgrade-insecure-requests')
  // A neighbour under plain http could set a cookie without the prefix: it is not looked at.
  const plain = await fetch(`${server.url}/auth/session/`, { headers: { cookie: cookie.replaceAll('__Host-', '') } })
  expect(plain.status).toBe(401)
})

test('without a build `npm start` says what to do', async () => {
  const empty = path.join(scratch, 'no-build')
  mkdirSync(empty, { recursive: true })
  const { spawnSync } = await import('node:child_process')
  const { status, stderr } = spawnSync(process.execPath, [path.resolve('cli/serve.mjs'), 'start'], {
    cwd: empty,
    encoding: 'utf8',
  })
  expect(status).toBe(1)
  expect(stderr).toContain('npm run build')
  rmSync(empty, { recursive: true })
})
