/** The command line as a shell sees it: a process of its own, beside a running server, with its output and its exit status. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '#lib/config'
import { openLatchkey, type Latchkey } from '#lib/wiring'

const dataDir = mkdtempSync(path.join(tmpdir(), 'latchkey-manage-'))
const env = { DATA_DIR: dataDir, PASSWORD_HASH_COST: '4' }
const password = 'seven green bottles'
let server: Latchkey

beforeAll(async () => {
  server = await openLatchkey(readConfig(env), {
    use: 'own',
    report: () => {},
    onFault: (fault) => expect(fault).toBeNull(),
  })
})
afterAll(async () => {
  await server.close()
  rmSync(dataDir, { recursive: true, force: true })
})

interface Outcome {
  status: number
  out: string
  err: string
}

function manage(
  args: string[],
  { input, settings = env }: { input?: string; settings?: Record<string, string> } = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, NODE_ENV: 'test' as const, ...settings }, timeout: 60_000 }
    const child = execFile(
      process.execPath,
      ['--import', 'tsx', 'cli/manage.ts', ...args],
      options,
      (error, out, err) => {
        resolve({ status: error ? Number(error.code) : 0, out, err })
      },
    )
    child.stdin?.end(input)
  })
}

let count = 0
async function anAccount(): Promise<string> {
  const name = `person${count++}`
  const made = await manage(['user', 'create', '--email', `${name}@example.com`, '--username', name], {
    input: password,
  })
  expect(made).toMatchObject({ status: 0, out: '' })
  return name
}

const context = { ip: '192.0.2.1', network: '192.0.2.1', userAgent: 'Test/1', requestId: 'r' }
async function logIn(identifier: string, typed = password) {
  const session = { kind: 'browser' as const, persistent: true, supersedes: null }
  return server.login({ input: { identifier, password: typed }, identifierKey: 'identifier', session, context })
}

describe('accounts', () => {
  test('createsuperuser takes the password from standard input, shows it nowhere, and the account can log in', async () => {
    const made = await manage(
      ['createsuperuser', '--email', 'root@example.com', '--username', 'root', '--noinput', '--json'],
      { input: `${password}\n` },
    )
    expect(made.status).toBe(0)
    expect(JSON.parse(made.out)).toMatchObject({
      email: 'root@example.com',
      is_superuser: true,
      is_staff: true,
      is_active: true,
      last_login_at: null,
    })
    expect(made.out + made.err).not.toContain(password)
    expect((await logIn('root')).kind).toBe('logged-in')
  })

  test('a weak password and taken names are refused by field, with 1', async () => {
    const weak = await manage(['user', 'create', '--email', 'nobody', '--username', 'root'], { input: 'short' })
    expect(weak).toMatchObject({ status: 1, out: '' })
    expect(weak.err).toMatch(/^email: Enter a valid email address\.$/m)
    expect(weak.err).toMatch(/^username: A user with that username already exists\.$/m)
    expect(weak.err).toMatch(/^password: This password is too short\./m)
  })

  test('list and show, as a table and as JSON', async () => {
    const name = await anAccount()
    const [table, json, one] = await Promise.all([
      manage(['user', 'list']),
      manage(['user', 'list', '--json']),
      manage(['user', 'show', `${name}@EXAMPLE.com`, '--json']),
    ])
    expect(table.out).toMatch(new RegExp(`^${name}@example\\.com +${name} +yes +no +-$`, 'm'))
    expect(Math.max(...table.out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
    expect(JSON.parse(json.out).map(({ username }: { username: string }) => username)).toContain(name)
    expect(JSON.parse(one.out)).toMatchObject({ username: name, is_staff: false })
  })

  test('deactivate ends the sessions at once and refuses the login; activate lets it in again, without the old sessions', async () => {
    const name = await anAccount()
    const opened = await logIn(name)
    const token = opened.kind === 'logged-in' ? opened.tokens.access.token : ''
    expect((await server.identify(token, 'browser')).kind).toBe('principal')
    expect((await manage(['user', 'deactivate', name])).status).toBe(0)
    expect((await server.identify(token, 'browser')).kind).toBe('over')
    expect((await logIn(name)).kind).toBe('refused')
    expect((await manage(['user', 'activate', name])).status).toBe(0)
    expect((await logIn(name)).kind).toBe('logged-in')
    expect((await server.identify(token, 'browser')).kind).toBe('over')
  })

  test('set-password ends the sessions; the new password counts and the old one does not', async () => {
    const name = await anAccount()
    const opened = await logIn(name)
    expect((await manage(['user', 'set-password', name], { input: 'short' })).status).toBe(1)
    expect((await manage(['user', 'set-password', name], { input: 'eight blue cups' })).status).toBe(0)
    expect((await server.identify(opened.kind === 'logged-in' ? opened.tokens.access.token : '', 'browser')).kind).toBe(
      'over',
    )
    expect((await logIn(name)).kind).toBe('refused')
    expect((await logIn(name, 'eight blue cups')).kind).toBe('logged-in')
  })

  test('delete wants --yes where it cannot ask, and then removes the account', async () => {
    const name = await anAccount()
    expect((await manage(['user', 'delete', name])).status).toBe(2)
    expect((await manage(['user', 'show', name])).status).toBe(0)
    expect((await manage(['user', 'delete', name, '--yes'])).status).toBe(0)
    expect((await manage(['user', 'show', name])).status).toBe(3)
  })

  test('of two at once with one name one is made', async () => {
    const args = ['user', 'create', '--email', 'twin@example.com', '--username', 'twin']
    const both = await Promise.all([manage(args, { input: password }), manage(args, { input: password })])
    expect(both.map(({ status }) => status).sort()).toEqual([0, 1])
  })
})

describe('sessions', () => {
  test('list shows the live ones, revoke ends one or all, and what is not there is 3', async () => {
    const name = await anAccount()
    await logIn(name)
    await logIn(name)
    const listed = JSON.parse((await manage(['session', 'list', name, '--json'])).out)
    expect(listed).toHaveLength(2)
    expect(listed[0]).toMatchObject({ kind: 'browser', ip: '192.0.2.1', user_agent: 'Test/1' })
    expect((await manage(['session', 'revoke', listed[0].id])).status).toBe(0)
    expect((await manage(['session', 'revoke', listed[0].id])).status).toBe(3)
    expect((await manage(['session', 'revoke', '--user', name])).err).toContain('Ended 1 session of')
    expect((await manage(['session', 'list', name])).err).toContain('is logged in nowhere')
    for (const id of ['00000000-0000-4000-8000-000000000000', 'nonsense'])
      expect((await manage(['session', 'revoke', id])).status).toBe(3)
    expect((await manage(['session', 'revoke'])).status).toBe(2)
  })
})

describe('audit', () => {
  test('acts of the command line leave rows without an actor, failed logins leave the reason', async () => {
    const name = await anAccount()
    await manage(['user', 'deactivate', name])
    await logIn(name)
    const rows: Record<string, unknown>[] = JSON.parse((await manage(['audit', 'tail', '-n', '3', '--json'])).out)
    expect(rows.map(({ event, outcome, reason, actor_id }) => [event, outcome, reason, actor_id])).toEqual([
      ['user.create', 'success', 'command_line', null],
      ['user.deactivate', 'success', 'command_line', null],
      ['login', 'failure', 'inactive', null],
    ])
  })

  test('a count that is none is wrong usage', async () => {
    expect((await manage(['audit', 'tail', '-n', 'many'])).status).toBe(2)
  })
})

describe('usage and faults', () => {
  test.each([
    [['nonsense']],
    [['user']],
    [['user', 'show']],
    [['createsuperuser', '--email', 'a@example.com']],
    [['user', 'list', '--nonsense']],
  ])('%j is wrong usage: 2', async (args) => {
    const outcome = await manage(args)
    expect(outcome).toMatchObject({ status: 2, out: '' })
    expect(outcome.err).not.toBe('')
  })

  test('help is no fault', async () => {
    const { status, out } = await manage(['--help'])
    expect(status).toBe(0)
    for (const command of ['createsuperuser', 'user', 'session', 'audit', 'migrate']) expect(out).toContain(command)
  })

  test('migrate on a database that is up to date says so', async () => {
    expect(await manage(['migrate'])).toMatchObject({ status: 0, err: expect.stringContaining('up to date') })
  })

  test('an empty password is wrong usage', async () => {
    expect((await manage(['user', 'set-password', 'root'], { input: '' })).status).toBe(2)
  })

  test('a wrong setting and a database that does not answer: a sentence, 1, and no stack', async () => {
    const secrets = {
      AUTH_SECRET: 'a signing secret of these tests alone',
      PASSWORD_PEPPER: 'a pepper of these tests, for nobody else',
    }
    const faults = [{ PORT: 'x' }, { ...secrets, DATABASE_URL: 'postgresql://a:tell-nobody@127.0.0.1:1/a' }]
    for (const settings of faults) {
      const { status, out, err } = await manage(['user', 'list'], {
        settings: { ...env, ...(settings as Record<string, string>) },
      })
      expect({ status, out }).toEqual({ status: 1, out: '' })
      expect(err).not.toMatch(/^\s+at |tell-nobody/m)
    }
  })

  test('alone, without a server, it starts a database of its own and ends by itself', async () => {
    const settings = { ...env, DATA_DIR: path.join(dataDir, 'alone') }
    expect(await manage(['user', 'list', '--json'], { settings })).toMatchObject({ status: 0, out: '[]\n' })
  })
})
