/** Signing keys in the whole product: servers that share a database, the command line beside them, and secrets that give way to others. */
import { execFile } from 'node:child_process'
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '#lib/config'
import { StartError } from '#lib/core/start-error'
import { startEmbeddedDatabase, type EmbeddedDatabase } from '#lib/store/embedded/embedded-database'
import { openLatchkey, type Latchkey } from '#lib/wiring'

const home = mkdtempSync(path.join(tmpdir(), 'latchkey-keys-'))
const password = 'seven green bottles'
const context = { ip: '192.0.2.1', network: '192.0.2.1', userAgent: 'Test/1', requestId: 'r' }
const opened: Latchkey[] = []
const databases: EmbeddedDatabase[] = []
type Env = Record<string, string>

const newSecret = () => randomBytes(33).toString('base64')
const secrets = { AUTH_SECRET: newSecret(), PASSWORD_PEPPER: newSecret() }
const base = { PASSWORD_HASH_COST: '4', RATE_LIMIT_SCALE: '10000', ...secrets }

async function open(env: Env, use: 'own' | 'share' = 'own'): Promise<Latchkey> {
  const onFault = (fault: unknown) => expect(fault).toBeNull()
  const latchkey = await openLatchkey(readConfig({ ...base, ...env }), { use, report: () => {}, onFault })
  opened.push(latchkey)
  return latchkey
}

async function close() {
  // The embedded database is that of the first.
  for (const latchkey of opened.splice(0).reverse()) await latchkey.close()
  for (const database of databases.splice(0)) await database.close()
}

/** The settings of several servers on one database, each with its own secrets. */
async function shared(name: string): Promise<Env> {
  const { DATA_DIR } = dir(name)
  const database = await startEmbeddedDatabase({ dataDir: DATA_DIR, use: 'own', report: () => {}, transport: 'tcp' })
  databases.push(database)
  const { host, port, user, password: secret = '', database: of } = database.connection
  return { DATA_DIR, DATABASE_URL: `postgresql://${user}:${secret}@${host}:${port}/${of}` }
}
afterAll(() => rmSync(home, { recursive: true, force: true }))

const dir = (name: string) => ({ DATA_DIR: path.join(home, name) })

async function register({ register: make }: Latchkey, name: string) {
  const input = { email: `${name}@example.com`, username: name, password }
  expect((await make({ input, context: null })).kind).toBe('registered')
}

async function logIn({ login }: Latchkey, name: string, kind: 'browser' | 'api' = 'browser') {
  const session = { kind, persistent: true, supersedes: null }
  const outcome = await login({ input: { identifier: name, password }, identifierKey: 'identifier', session, context })
  if (outcome.kind !== 'logged-in') throw new Error(`Not logged in: ${outcome.kind}`)
  return { access: outcome.tokens.access.token, refresh: outcome.tokens.refresh.token }
}

const kidOf = (token: string): string => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid
const identity = async ({ identify }: Latchkey, token: string, kind: 'browser' | 'api' = 'browser') => {
  const found = await identify(token, kind)
  return found.kind === 'token-fault' ? found.fault : found.kind
}

describe('the command line beside a running server', () => {
  let server: Latchkey
  const env = { ...base, ...dir('cli') }
  beforeAll(async () => {
    server = await open(env)
    await register(server, 'ada')
  })
  afterAll(close)

  const manage = (args: string, more: Env = {}): Promise<{ status: number; out: string; err: string }> =>
    new Promise((resolve) => {
      const options = { env: { ...process.env, NODE_ENV: 'test' as const, ...env, ...more }, timeout: 60_000 }
      const command = ['--import', 'tsx', 'cli/manage.ts', ...args.split(' ')]
      const child = execFile(process.execPath, command, options, (error, out, err) =>
        resolve({ status: error ? Number(error.code) : 0, out, err }),
      )
      child.stdin?.end()
    })

  test('list: a table that fits a terminal and has the whole kid, and JSON', async () => {
    const [table, json] = await Promise.all([manage('keys list'), manage('keys list --json')])
    const [key, ...more] = JSON.parse(json.out)
    expect(more).toEqual([])
    expect(key).toEqual({
      kid: expect.any(String),
      alg: 'ES256',
      state: 'current',
      signs_at: expect.any(String),
      expires_at: null,
    })
    expect(table.out).toContain(key.kid)
    for (const line of table.out.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
    expect(table.out + json.out).not.toMatch(/sealed|v1\./)
  })

  test(
    'rotate: published at once, signs later; with --now in five seconds; nobody is logged out',
    { timeout: 60_000 },
    async () => {
      const [browser, api] = [await logIn(server, 'ada'), await logIn(server, 'ada', 'api')]
      const first = JSON.parse((await manage('keys rotate --json')).out)
      expect(first).toMatchObject({ alg: 'ES256', state: 'next' })
      const again = await manage('keys rotate')
      expect(again).toMatchObject({ status: 0, err: expect.stringContaining(`under way: key ${first.kid}`) })
      await server.tendKeys()
      expect(server.keyRing.keys().published.map(({ kid }) => kid)).toContain(first.kid)
      expect(kidOf((await logIn(server, 'ada')).access)).not.toBe(first.kid)

      const hastened = JSON.parse((await manage('keys rotate --now --json')).out)
      expect(hastened.kid).toBe(first.kid)
      await pause(new Date(hastened.signs_at).getTime() - Date.now() + 200)
      await server.tendKeys()
      expect(kidOf((await logIn(server, 'ada')).access)).toBe(first.kid)
      expect(await identity(server, browser.access)).toBe('principal')
      expect(await identity(server, api.access, 'api')).toBe('principal')
      expect((await server.refreshApi(api.refresh, context)).kind).toBe('refreshed')
      const states = JSON.parse((await manage('keys list --json')).out).map(({ state }: { state: string }) => state)
      expect(states).toEqual(['retiring', 'current'])
    },
  )

  test(
    'drop: its tokens are refused, browsers go on by their refresh token, programs log in again',
    { timeout: 60_000 },
    async () => {
      const [browser, api] = [await logIn(server, 'ada'), await logIn(server, 'ada', 'api')]
      const kid = kidOf(browser.access)
      expect((await manage(`keys drop ${kid}`)).status).toBe(2)
      const dropped = await manage(`keys drop ${kid} --yes --json`)
      expect(dropped.status).toBe(0)
      const { current } = JSON.parse(dropped.out)
      expect(JSON.parse(dropped.out)).toEqual({ dropped: kid, current: expect.any(String) })
      await server.tendKeys()
      expect(await identity(server, browser.access)).toBe('invalid')
      expect(await identity(server, api.access, 'api')).toBe('invalid')
      expect(await server.refreshApi(api.refresh, context)).toMatchObject({ kind: 'token-fault' })
      const refreshed = await server.refreshBrowser(browser.refresh, context)
      if (refreshed.kind !== 'refreshed') throw new Error('The browser was logged out.')
      expect(kidOf(refreshed.access.token)).toBe(current)
      expect(await manage(`keys drop ${kid} --yes`)).toMatchObject({ status: 3, out: '' })
    },
  )

  test(
    'its own JWT_ALGORITHM changes nothing: the key that signs stays, and a rotation is of the same kind',
    { timeout: 60_000 },
    async () => {
      const keys = async (more: Env = {}) => JSON.parse((await manage('keys list --json', more)).out)
      const before = await keys()
      const other = { JWT_ALGORITHM: 'EdDSA' }
      expect(await keys(other)).toEqual(before)
      const next = JSON.parse((await manage('keys rotate --json', other)).out)
      expect(next).toMatchObject({ alg: 'ES256', state: 'next' })
      const { current } = JSON.parse((await manage(`keys drop ${next.kid} --yes --json`, other)).out)
      expect(await keys()).toEqual(before)
      // Without a next key a fresh one takes the place.
      await manage(`keys drop ${current} --yes`, other)
      const states = (await keys()).map(({ state, alg }: { state: string; alg: string }) => [state, alg])
      expect(states.at(-1)).toEqual(['current', 'ES256'])
    },
  )

  test(
    'it replaces no secret: a coming one beside the database’s is taken and kept to itself',
    { timeout: 60_000 },
    async () => {
      const coming = { AUTH_SECRET: newSecret(), PASSWORD_PEPPER: newSecret() }
      const beside = { AUTH_SECRET_PREVIOUS: secrets.AUTH_SECRET, PASSWORD_PEPPER_PREVIOUS: secrets.PASSWORD_PEPPER }
      const { kid } = JSON.parse((await manage('keys rotate --json', { ...coming, ...beside })).out)
      expect((await manage('keys list')).status).toBe(0)
      expect(await manage('keys list', coming)).toMatchObject({
        status: 1,
        err: expect.stringMatching(/^AUTH_SECRET is not/),
      })
      const rows = await server.auditReader.tail(50)
      expect(rows.filter(({ event }) => event === 'key.secret')).toEqual([])
      // The servers can open what it has sealed.
      expect(await manage(`keys rotate --now`)).toMatchObject({ status: 0, err: expect.stringContaining(kid) })
      await pause(5500)
      await server.tendKeys()
      expect(kidOf((await logIn(server, 'ada')).access)).toBe(kid)
    },
  )

  test('keys by setting are listed and neither rotated nor dropped', { timeout: 60_000 }, async () => {
    const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const given = { JWT_ALGORITHM: 'EdDSA', JWT_SIGNING_KEY: key.replaceAll('\n', '\\n') }
    const [listed, rotated, dropped, hmac] = await Promise.all([
      manage('keys list --json', given),
      manage('keys rotate', given),
      manage('keys drop x --yes', given),
      manage('keys rotate', { JWT_ALGORITHM: 'HS256' }),
    ])
    expect(JSON.parse(listed.out)).toMatchObject([{ alg: 'EdDSA', state: 'given' }])
    for (const { status, err } of [rotated, dropped, hmac]) {
      expect(status).toBe(1)
      expect(err).toContain('given by the settings')
    }
    const wrong = await manage('keys list', { ...given, JWT_ALGORITHM: 'RS256' })
    expect(wrong).toMatchObject({
      status: 1,
      out: '',
      err: expect.stringMatching(/^JWT_SIGNING_KEY must be an RSA key/),
    })
  })
})

describe('keys by setting', () => {
  afterEach(close)
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const JWT_SIGNING_KEY = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const JWT_VERIFYING_KEY = publicKey.export({ type: 'spki', format: 'pem' }).toString()

  test('a server with the public half alone checks tokens and issues none, and says so before it does anything', async () => {
    const env = { ...dir('given'), JWT_ALGORITHM: 'PS256' }
    const issuer = await open({ ...env, JWT_SIGNING_KEY })
    const verifier = await open({ ...env, JWT_VERIFYING_KEY }, 'share')
    await register(issuer, 'ada')
    const [browser, api] = [await logIn(issuer, 'ada'), await logIn(issuer, 'ada', 'api')]
    expect(await identity(verifier, browser.access)).toBe('principal')
    expect(await identity(verifier, api.access, 'api')).toBe('principal')
    expect((await verifier.checkToken(api.refresh)).kind).toBe('good')
    expect(verifier.keyRing.keys().published).toEqual(issuer.keyRing.keys().published)

    const input = { email: 'eve@example.com', username: 'eve', password }
    const refused = [
      () => logIn(verifier, 'ada'),
      () => logIn(verifier, 'nobody', 'api'),
      () => verifier.refreshApi(api.refresh, context),
      () => verifier.refreshBrowser(browser.refresh, context),
      () => verifier.register({ input, context }),
    ]
    for (const attempt of refused) await expect(attempt()).rejects.toThrow('only checks tokens')
    // Neither counted nor used up: the issuer goes on where it was.
    expect((await issuer.refreshApi(api.refresh, context)).kind).toBe('refreshed')
    expect(await issuer.administer.findUser('eve')).toBeNull()
  })

  test('TK-3 from ES256 to HS256 and back: never both kinds at once, an empty key set, and browsers stay logged in', async () => {
    const env = dir('hmac')
    const es = await open(env)
    await register(es, 'ada')
    const before = { browser: await logIn(es, 'ada'), api: await logIn(es, 'ada', 'api') }
    await close()
    const hs = await open({ ...env, JWT_ALGORITHM: 'HS512' })
    expect(hs.keyRing.keys().published).toEqual([])
    expect(await identity(hs, before.api.access, 'api')).toBe('invalid')
    const during = await logIn(hs, 'ada', 'api')
    expect(await identity(hs, during.access, 'api')).toBe('principal')
    const refreshed = await hs.refreshBrowser(before.browser.refresh, context)
    expect(refreshed.kind).toBe('refreshed')
    await close()
    const again = await open(env)
    expect(await identity(again, during.access, 'api')).toBe('invalid')
    expect(await identity(again, before.api.access, 'api')).toBe('principal')
  })
})

describe('AUTH_SECRET and PASSWORD_PEPPER give way to others', () => {
  afterEach(close)
  const after = { AUTH_SECRET: newSecret(), PASSWORD_PEPPER: newSecret() }
  const previous = { AUTH_SECRET_PREVIOUS: secrets.AUTH_SECRET, PASSWORD_PEPPER_PREVIOUS: secrets.PASSWORD_PEPPER }
  const pepperOf = async (latchkey: Latchkey) =>
    (await latchkey.administer.findUser('ada'))?.passwordHash?.split(':')[1]
  const mark = (pepper: string) =>
    createHash('sha256').update('latchkey fingerprint\0').update(pepper).digest('hex').slice(0, 8)

  test(
    'nobody is logged out and every password is good, beside the old ones and after them',
    { timeout: 90_000 },
    async () => {
      const env = dir('secrets')
      const old = await open(env)
      await register(old, 'ada')
      const [browser, api] = [await logIn(old, 'ada'), await logIn(old, 'ada', 'api')]
      await close()

      await expect(open({ ...env, ...after })).rejects.toThrow('AUTH_SECRET is not the one')
      const turning = await open({ ...env, ...after, ...previous })
      expect(await identity(turning, browser.access)).toBe('principal')
      expect(await identity(turning, api.access, 'api')).toBe('principal')
      const refreshed = await turning.refreshBrowser(browser.refresh, context)
      expect(refreshed.kind).toBe('refreshed')
      expect(await pepperOf(turning)).toBe(mark(secrets.PASSWORD_PEPPER))
      const fresh = await logIn(turning, 'ada')
      expect(await pepperOf(turning)).toBe(mark(after.PASSWORD_PEPPER))
      expect((await turning.auditReader.tail(20)).filter(({ event }) => event === 'key.secret')).toHaveLength(2)
      await close()

      const done = await open({ ...env, ...after })
      expect(await identity(done, api.access, 'api')).toBe('principal')
      expect((await done.refreshBrowser(fresh.refresh, context)).kind).toBe('refreshed')
      expect((await done.refreshBrowser(browser.refresh, context)).kind).toBe('denied')
      await logIn(done, 'ada')
      await close()
      await expect(open(env)).rejects.toThrow('AUTH_SECRET is not the one')
    },
  )

  /** The first step of the guide: the coming secret is known everywhere before anybody uses it. */
  const knowing = { AUTH_SECRET_PREVIOUS: after.AUTH_SECRET, PASSWORD_PEPPER_PREVIOUS: after.PASSWORD_PEPPER }

  test('of two servers each takes what the other signs while both know both secrets', { timeout: 90_000 }, async () => {
    const env = await shared('rolling')
    const first = await open({ ...env, ...knowing })
    const second = await open({ ...env, ...after, ...previous })
    await register(second, 'ada')
    for (const [signs, takes] of [
      [first, second],
      [second, first],
    ] as const) {
      const { access, refresh } = await logIn(signs, 'ada')
      expect(await identity(takes, access)).toBe('principal')
      expect((await takes.refreshBrowser(refresh, context)).kind).toBe('refreshed')
      await first.manageKeys?.rotate({ soon: true })
      for (const server of [first, second]) await server.tendKeys()
    }
  })

  test('the change ends well however late a server with the old secret seals a key', { timeout: 90_000 }, async () => {
    const env = await shared('late')
    const slow = await open({ ...env, ...knowing })
    await open({ ...env, ...after, ...previous })
    // After the first server has sealed all anew: this key is under the old secret.
    const late = (await slow.manageKeys?.rotate({ soon: true }))?.key.kid ?? ''
    expect(late).not.toBe('')

    // Whoever leaves the old one out too soon is told before there is anything to lose.
    const refused = await open({ ...env, ...after }).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(StartError)
    expect((refused as StartError).problem).toContain(`Signing key ${late} (next) was sealed under another AUTH_SECRET`)
    expect((refused as StartError).remedy).toMatch(/AUTH_SECRET_PREVIOUS.*keys drop/)

    // The last server of the guide's second step, and then each with the new secret alone.
    await open({ ...env, ...after, ...previous })
    const done = await open({ ...env, ...after })
    await register(done, 'ada')
    await pause(5500)
    await done.tendKeys()
    const { access } = await logIn(done, 'ada')
    expect([kidOf(access), await identity(done, access)]).toEqual([late, 'principal'])
  })

  test(
    'a key that nobody can open any more is removed by a command, and the servers start',
    { timeout: 90_000 },
    async () => {
      const env = await shared('lost')
      const slow = await open({ ...env, ...knowing })
      await open({ ...env, ...after, ...previous })
      const late = (await slow.manageKeys?.rotate({ soon: true }))?.key.kid ?? ''
      await pause(5500)
      await slow.tendKeys()
      await expect(open({ ...env, ...after })).rejects.toThrow(`${late} (current)`)
      const command = await open({ ...env, ...after }, 'share')
      expect(await command.manageKeys?.drop(late)).toMatchObject({ kind: 'dropped', dropped: { state: 'current' } })
      await open({ ...env, ...after })
    },
  )
})
