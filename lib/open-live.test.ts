/** Checks without SQL, and what is ended anywhere refused everywhere: the whole of Latchkey, one and two instances of it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from './config'
import type { SessionKind } from '#lib/core/records'
import { openLatchkey, type Latchkey } from './wiring'

const context = { ip: '192.0.2.7', network: '192.0.2.7', userAgent: 'Test/1', requestId: 'r1' }
const password = 'a few unrelated words'
const server = process.env.TEST_DATABASE_URL
const silent = { report: () => {}, onFault: () => {} }

let count = 0
async function logIn(latchkey: Latchkey, kind: SessionKind = 'browser') {
  const name = `u${process.pid}n${count++}`
  const input = { email: `${name}@example.com`, username: name, password }
  await latchkey.register({ input, context: { ...context, network: name } })
  const session = { kind, persistent: true, supersedes: null }
  const login = await latchkey.login({ input, identifierKey: 'email', session, context: { ...context, network: name } })
  if (login.kind !== 'logged-in') throw new Error(login.kind)
  return { sid: login.session.id, user: login.user, access: login.tokens.access.token }
}

/** How long until the token is refused, in ms; null: not within ten seconds. */
async function untilRefused({ identify }: Latchkey, token: string): Promise<number | null> {
  const since = performance.now()
  for (; performance.now() - since < 10_000; await pause(2))
    if ((await identify(token, 'browser')).kind !== 'principal') return performance.now() - since
  return null
}

describe('on the embedded database', () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'latchkey-live-'))
  const config = readConfig({ DATA_DIR: dataDir, PASSWORD_HASH_COST: '4' })
  let latchkey: Latchkey
  let shell: Latchkey
  beforeAll(async () => {
    latchkey = await openLatchkey(config, { use: 'own', ...silent })
    shell = await openLatchkey(config, { use: 'share', ...silent })
  })
  afterAll(async () => {
    await shell.close()
    await latchkey.close()
    rmSync(dataDir, { recursive: true, force: true })
  })

  test.each(['browser', 'api'] as const)(
    'a thousand checks of a live %s token cost next to no statement',
    async (kind) => {
      const { access } = await logIn(latchkey, kind)
      await latchkey.identify(access, kind)
      const before = latchkey.statements()
      for (let i = 0; i < 1000; i++) expect((await latchkey.identify(access, kind)).kind).toBe('principal')
      // The feed asks once a second, whatever the checks.
      expect(latchkey.statements() - before).toBeLessThan(20)
    },
  )

  const ends: [string, (session: Awaited<ReturnType<typeof logIn>>) => Promise<unknown>][] = [
    ['logged out', ({ sid }) => latchkey.logout(sid, context)],
    ['ended by an operator', ({ sid }) => latchkey.administer.revokeSession(sid)],
    ['given a new password', ({ user }) => latchkey.administer.setPassword(user, 'other unrelated words')],
    ['switched off', ({ user }) => latchkey.administer.setActive(user, false)],
    ['deleted', ({ user }) => latchkey.administer.deleteUser(user)],
  ]
  test.each(ends)('who is %s here is refused here at the next check', async (_, end) => {
    const session = await logIn(latchkey)
    expect((await latchkey.identify(session.access, 'browser')).kind).toBe('principal')
    await end(session)
    expect((await latchkey.identify(session.access, 'browser')).kind).not.toBe('principal')
  })

  test('what the shell ends is refused by the running server', async () => {
    const { sid, access } = await logIn(latchkey)
    await latchkey.identify(access, 'browser')
    await shell.administer.revokeSession(sid)
    expect(await untilRefused(latchkey, access)).not.toBeNull()
  })

  test('a role that the shell gives counts for the running server', async () => {
    const { user, access } = await logIn(latchkey)
    await latchkey.identify(access, 'browser')
    await shell.administerGroups.create('editors')
    await shell.administerGroups.changeMemberships(user, { add: ['editors'], remove: [] })
    const groups = async () => {
      const identity = await latchkey.identify(access, 'browser')
      return identity.kind === 'principal' ? identity.principal.user.groups : []
    }
    for (let tries = 0; tries < 100 && (await groups()).length === 0; tries++) await pause(100)
    expect(await groups()).toEqual(['editors'])
  })
})

describe('two instances on PostgreSQL', () => {
  if (server === undefined) {
    test.skip('what one ends, the other refuses (skipped: set TEST_DATABASE_URL to a PostgreSQL server)', () => {})
    return
  }
  const name = `latchkey_live_${process.pid}`
  const secret = (what: string) => `${what} of these tests, made for nobody else`
  const url = new URL(server)
  url.pathname = `/${name}`
  const config = readConfig({
    DATABASE_URL: url.href,
    AUTH_SECRET: secret('a signing secret'),
    PASSWORD_PEPPER: secret('a pepper'),
    PASSWORD_HASH_COST: '4',
  })
  let here: Latchkey
  let there: Latchkey

  beforeAll(async () => {
    await onServer(`CREATE DATABASE ${name}`)
    here = await openLatchkey(config, { use: 'own', ...silent })
    there = await openLatchkey(config, { use: 'own', ...silent })
  })
  afterAll(async () => {
    await here.close()
    await there.close()
    await onServer(`DROP DATABASE ${name} WITH (FORCE)`)
  })

  test('what one ends, the other refuses', async () => {
    const times: number[] = []
    for (let round = 0; round < 15; round++) {
      const { sid, access } = await logIn(here)
      expect((await there.identify(access, 'browser')).kind).toBe('principal')
      const refused = untilRefused(there, access)
      await here.administer.revokeSession(sid)
      const took = await refused
      expect(took).not.toBeNull()
      times.push(took ?? Infinity)
    }
    const median = times.sort((a, b) => a - b)[7]
    process.stdout.write(`Ended on one instance, refused on the other: median ${median?.toFixed(0)} ms of 15\n`)
  })
})

async function onServer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  await client.query(sql)
  await client.end()
}
