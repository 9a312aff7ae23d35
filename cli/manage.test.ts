/** The command line as a shell sees it: a process of its own, beside a running server, with its output and its exit status. */
import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '#lib/config'
import { openLatchkey, type Latchkey } from '#lib/wiring'

const dataDir = mkdtempSync(path.join(tmpdir(), 'latchkey-manage-'))
const env = { DATA_DIR: dataDir, PASSWORD_HASH_COST: '4' }
const password = 'seven green bottles'
const tsx = import.meta.resolve('tsx')
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

interface ManageOptions {
  /** On standard input, which is a pipe. */
  input?: string | Buffer
  settings?: Record<string, string>
  cwd?: { home: string; command: string }
}

function manage(args: string[], { input, settings = env, cwd }: ManageOptions = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, NODE_ENV: 'test' as const, ...settings }, timeout: 60_000, cwd: cwd?.home }
    const child = execFile(
      process.execPath,
      ['--import', tsx, cwd?.command ?? 'cli/manage.ts', ...args],
      options,
      (error, out, err) => {
        resolve({ status: error ? Number(error.code) : 0, out, err })
      },
    )
    // A command that refuses its input ends before it has read it all.
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
  })
}

/** At a terminal: types each answer when its words have come. `script` is the terminal. */
function atTerminal(
  args: string[],
  answers: [after: string, typed: string][],
): Promise<{ status: number; screen: string }> {
  return new Promise((resolve) => {
    const command = [process.execPath, '--import', 'tsx', 'cli/manage.ts', ...args].join(' ')
    const terminal = spawn('script', ['-qec', command, '/dev/null'], {
      env: { ...process.env, NODE_ENV: 'test', ...env },
      timeout: 60_000,
    })
    let screen = ''
    let seen = 0
    terminal.stdout.on('data', (chunk: Buffer) => {
      screen += chunk
      const [after, typed] = answers[0] ?? []
      if (after === undefined || !screen.slice(seen).includes(after)) return
      seen = screen.length
      answers.shift()
      terminal.stdin.write(typed)
    })
    terminal.on('close', (code) => resolve({ status: code ?? -1, screen }))
  })
}
const hasTerminal = process.platform === 'linux' && existsSync('/usr/bin/script')

let count = 0
async function anAccount(): Promise<string> {
  const name = `person${count++}`
  const input = { email: `${name}@example.com`, username: name, password }
  expect((await server.register({ input, context: null })).kind).toBe('registered')
  return name
}

const context = { ip: '192.0.2.1', network: '192.0.2.1', userAgent: 'Test/1', requestId: 'r' }
async function logIn(identifier: string, typed = password) {
  const session = { kind: 'browser' as const, persistent: true, supersedes: null }
  return server.login({ input: { identifier, password: typed }, identifierKey: 'identifier', session, context })
}

/** The server hears of what the shell does within a second: the embedded database sends no notices. */
async function expectOver(token: string): Promise<void> {
  const kind = async () => (await server.identify(token, 'browser')).kind
  await expect.poll(kind, { timeout: 10_000 }).toBe('over')
}

async function liveSession(name: string): Promise<string> {
  const user = await server.administer.findUser(name)
  const [session] = user ? await server.administer.listSessions(user) : []
  return session?.id ?? ''
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

  test('two spellings of one name are one name: taken, by field', async () => {
    const taken = await manage(['user', 'create', '--email', 'ROOT@example.com', '--username', 'Root'], {
      input: password,
    })
    expect(taken.status).toBe(1)
    expect(taken.err).toBe(
      'email: user with this email already exists.\nusername: A user with that username already exists.\n',
    )
  })

  test('list and show, as a table and as JSON', async () => {
    const name = await anAccount()
    const [table, json, one] = await Promise.all([
      manage(['user', 'list']),
      manage(['user', 'list', '--json']),
      manage(['user', 'show', `${name}@EXAMPLE.com`, '--json']),
    ])
    expect(table.out).toMatch(new RegExp(`^${name}@example\\.com +${name} +yes +- +-$`, 'm'))
    expect(Math.max(...table.out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
    expect(JSON.parse(json.out).map(({ username }: { username: string }) => username)).toContain(name)
    expect(JSON.parse(one.out)).toMatchObject({ username: name, is_staff: false })
  })

  test('deactivate ends the sessions at once and refuses the login; activate lets it in again, without the old sessions', async () => {
    const name = await anAccount()
    const opened = await logIn(name)
    const token = opened.kind === 'logged-in' ? opened.tokens.access.token : ''
    expect((await server.identify(token, 'browser')).kind).toBe('principal')
    const off = await manage(['user', 'deactivate', name, '--json'])
    expect(off.status).toBe(0)
    expect(JSON.parse(off.out)).toMatchObject({ username: name, is_active: false })
    await expectOver(token)
    expect((await logIn(name)).kind).toBe('refused')
    expect((await manage(['user', 'activate', name])).status).toBe(0)
    expect((await logIn(name)).kind).toBe('logged-in')
    await expectOver(token)
  })

  test('set-password ends the sessions; the new password counts and the old one does not', async () => {
    const name = await anAccount()
    const opened = await logIn(name)
    const weak = await manage(['user', 'set-password', name], { input: 'short' })
    expect(weak).toMatchObject({
      status: 1,
      out: '',
      err: expect.stringMatching(/^password: This password is too short/),
    })
    const set = await manage(['user', 'set-password', name, '--json'], { input: 'eight blue cups\r\n' })
    expect(set.status).toBe(0)
    expect(JSON.parse(set.out)).toMatchObject({ username: name })
    expect(set.out).not.toMatch(/hash|\$2/)
    await expectOver(opened.kind === 'logged-in' ? opened.tokens.access.token : '')
    expect((await logIn(name)).kind).toBe('refused')
    expect((await logIn(name, 'eight blue cups')).kind).toBe('logged-in')
  })

  test('delete wants --yes where it cannot ask, and then removes the account', async () => {
    const name = await anAccount()
    expect((await manage(['user', 'delete', name])).status).toBe(2)
    const deleted = await manage(['user', 'delete', name, '--yes', '--json'])
    expect(deleted.status).toBe(0)
    expect(JSON.parse(deleted.out)).toMatchObject({ username: name })
    const after = [['show'], ['deactivate'], ['delete', '--yes']].map(([verb, ...more]) =>
      manage(['user', verb ?? '', name, ...more], { input: password }),
    )
    for (const { status, out } of await Promise.all(after)) expect({ status, out }).toEqual({ status: 3, out: '' })
  })

  test('of two at once with one name one is made', async () => {
    const args = ['user', 'create', '--email', 'twin@example.com', '--username', 'twin']
    const both = await Promise.all([manage(args, { input: password }), manage(args, { input: password })])
    expect(both.map(({ status }) => status).sort()).toEqual([0, 1])
  })
})

describe.skipIf(!hasTerminal)('at a terminal', () => {
  const args = ['user', 'create', '--email', 'typist@example.com', '--username', 'typist']

  test('the password is asked for twice and not shown, a slip changes nothing, and the confirmation deletes only after yes', async () => {
    const slip = await atTerminal(args, [
      ['Password:', `${password}\r`],
      ['Once more:', 'seven green battles\r'],
    ])
    expect(slip).toMatchObject({ status: 1, screen: expect.stringContaining('not the same') })
    const made = await atTerminal(args, [
      ['Password:', `${password}\r`],
      ['Once more:', `${password}\r`],
    ])
    expect(made).toMatchObject({ status: 0, screen: expect.stringContaining('Made the account') })
    expect(slip.screen + made.screen).not.toMatch(/seven|green|bottles|battles/)
    expect((await logIn('typist')).kind).toBe('logged-in')
    expect(await atTerminal(['user', 'delete', 'typist'], [['for good?', '\r']])).toMatchObject({ status: 1 })
    expect(await atTerminal(['user', 'delete', 'typist'], [['for good?', 'y\r']])).toMatchObject({ status: 0 })
    expect((await logIn('typist')).kind).toBe('refused')
  })

  test('Ctrl-C at a prompt: 130, without a word', async () => {
    const left = await Promise.all([
      atTerminal(args, [['Password:', '\x03']]),
      atTerminal(['user', 'delete', 'root'], [['for good?', '\x03']]),
    ])
    for (const { status, screen } of left) {
      expect(status).toBe(130)
      expect(screen).not.toMatch(/Error|failed|closed|^ +at /im)
    }
    expect((await logIn('root')).kind).toBe('logged-in')
  })

  test('--noinput at a terminal is wrong usage: it would show the password', async () => {
    expect((await atTerminal([...args, '--noinput'], [])).status).toBe(2)
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
    const table = await manage(['session', 'list', name])
    expect(table.out).toMatch(
      new RegExp(`^${listed[0].id}  browser  192\\.0\\.2\\.1  \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d$`, 'm'),
    )
    expect((await manage(['session', 'revoke', listed[0].id])).status).toBe(0)
    const [again, short, both, neither, wrong] = await Promise.all([
      manage(['session', 'revoke', listed[0].id]),
      manage(['session', 'revoke', listed[1].id.slice(0, 8)]),
      manage(['session', 'revoke', listed[1].id, '--user', name]),
      manage(['session', 'revoke']),
      manage(['session', 'revoke', '00000000-0000-4000-8000-000000000000']),
    ])
    expect([again, short, both, neither, wrong].map(({ status }) => status)).toEqual([3, 3, 2, 2, 3])
    expect(JSON.parse((await manage(['session', 'revoke', '--user', name, '--json'])).out)).toEqual({ revoked: 1 })
    expect((await manage(['session', 'list', name])).err).toContain('is logged in nowhere')
  })
})

describe('clients', () => {
  const lines = (text: string) => text.trim().split('\n')

  test('create prints the secret once, on standard output alone; with it the client can ask, and its use is listed', async () => {
    const made = await manage(['client', 'create', 'ledger', '--json'])
    expect(made.status).toBe(0)
    const { secret, ...client } = JSON.parse(made.out)
    expect(client).toEqual({ id: expect.any(String), name: 'ledger', created_at: expect.any(String) })
    expect(secret).toMatch(/^latchkey_[\w-]{43}$/)
    expect(made.err).not.toContain(secret)
    expect(await server.authenticateClient({ id: client.id, secret }, context)).toMatchObject({ kind: 'proven' })
    const [list, table, audit] = await Promise.all([
      manage(['client', 'list', '--json']),
      manage(['client', 'list']),
      manage(['audit', 'tail', '-n', '1', '--json']),
    ])
    expect(JSON.parse(list.out)).toContainEqual({
      ...client,
      last_used_at: expect.stringMatching(/T\d\d:00:00\.000Z$/),
    })
    expect(table.out).toMatch(new RegExp(`^${client.id}  ledger +\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d$`, 'm'))
    const detail = { client: client.id, client_name: 'ledger' }
    expect(JSON.parse(audit.out)).toMatchObject([
      { event: 'client.create', reason: 'command_line', actor_id: null, detail },
    ])
    expect(list.out + table.out + audit.out).not.toContain(secret)
  })

  test('for people the secret stands in a table of facts, and what to know of it on standard error', async () => {
    const { status, out, err } = await manage(['client', 'create', 'Orders API'])
    expect(status).toBe(0)
    expect(lines(out).map((line) => line.split(/ {2,}/)[0])).toEqual(['id', 'name', 'secret', 'created at'])
    expect(out).toMatch(/^secret +latchkey_[\w-]{43}$/m)
    expect(err).toBe('Made the client Orders API. Its secret is not kept and cannot be shown again.\n')
  })

  test('a taken name and one that is none: 1, by field, and no secret', async () => {
    await manage(['client', 'create', 'stock'])
    const outcomes = await Promise.all(
      ['STOCK', 'two\nlines', 'x'.repeat(65)].map((name) => manage(['client', 'create', name])),
    )
    expect(outcomes).toEqual([
      { status: 1, out: '', err: 'name: A client with that name already exists.\n' },
      { status: 1, out: '', err: 'name: Enter a name of visible characters.\n' },
      { status: 1, out: '', err: 'name: Ensure this field has no more than 64 characters.\n' },
    ])
  })

  test('delete takes the id or the name, and from then on the secret proves nothing; what is not there is 3', async () => {
    const { id, secret } = JSON.parse((await manage(['client', 'create', 'first', '--json'])).out)
    await manage(['client', 'create', 'second'])
    const byId = await manage(['client', 'delete', id, '--json'])
    expect([byId.status, JSON.parse(byId.out)]).toMatchObject([0, { id, name: 'first', last_used_at: null }])
    expect(await server.authenticateClient({ id, secret }, context)).toEqual({ kind: 'refused' })
    expect((await manage(['client', 'delete', 'SECOND'])).status).toBe(0)
    const gone = await Promise.all([id, 'second', 'nobody'].map((word) => manage(['client', 'delete', word])))
    expect(gone.map(({ status, out }) => [status, out])).toEqual(Array(3).fill([3, '']))
    const usage = await Promise.all(
      [['create'], ['delete'], ['create', 'a', 'b']].map((args) => manage(['client', ...args])),
    )
    expect(usage.map(({ status }) => status)).toEqual([2, 2, 2])
  })
})

describe('audit', () => {
  test('acts of the command line leave rows without an actor, failed logins leave the reason', async () => {
    const name = 'auditor'
    await manage(['user', 'create', '--email', 'auditor@example.com', '--username', name], { input: password })
    await manage(['user', 'deactivate', name])
    await logIn(name)
    const rows: Record<string, unknown>[] = JSON.parse((await manage(['audit', 'tail', '-n', '3', '--json'])).out)
    expect(rows.map(({ event, outcome, reason, actor_id }) => [event, outcome, reason, actor_id])).toEqual([
      ['user.create', 'success', 'command_line', null],
      ['user.deactivate', 'success', 'command_line', null],
      ['login', 'failure', 'inactive', null],
    ])
  })

  test('each act has its row: sessions, password, deletion, and a refused account', async () => {
    const name = await anAccount()
    await logIn(name)
    await manage(['session', 'revoke', '--user', name])
    await manage(['user', 'set-password', name], { input: 'eight blue cups' })
    await manage(['user', 'delete', name, '--yes'])
    await manage(['user', 'create', '--email', 'x', '--username', name], { input: password })
    const rows: Record<string, unknown>[] = JSON.parse((await manage(['audit', 'tail', '-n', '4', '--json'])).out)
    expect(rows.map(({ event, outcome, actor_id }) => [event, outcome, actor_id])).toEqual([
      ['session.end', 'success', null],
      ['password.set', 'success', null],
      ['user.delete', 'success', null],
      ['user.create', 'failure', null],
    ])
    const { out } = await manage(['audit', 'tail', '-n', '4'])
    expect(out).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  user\.create! +invalid +- +-$/m)
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })

  test('--follow prints what happens, an object a line, and Ctrl-C ends it with 130', async () => {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', 'cli/manage.ts', 'audit', 'tail', '--follow', '--json', '-n', '1'],
      {
        env: { ...process.env, NODE_ENV: 'test', ...env },
        timeout: 60_000,
      },
    )
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
    expect(JSON.parse((await lines.next()).value)).toHaveProperty('event')
    await logIn('nobody at all')
    expect(JSON.parse((await lines.next()).value)).toMatchObject({ event: 'login', outcome: 'failure' })
    child.kill('SIGINT')
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(130)
  })

  test('a reader who leaves early ends --follow quietly', async () => {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', 'cli/manage.ts', 'audit', 'tail', '--follow', '-n', '1'],
      {
        env: { ...process.env, NODE_ENV: 'test', ...env },
        timeout: 60_000,
      },
    )
    let err = ''
    child.stderr.on('data', (chunk) => (err += chunk))
    await new Promise((resolve) => child.stdout.once('data', resolve))
    child.stdout.destroy()
    await logIn('nobody at all')
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0)
    expect(err).toBe('')
  })

  test('a count that is none is wrong usage', async () => {
    expect((await manage(['audit', 'tail', '-n', 'many'])).status).toBe(2)
  })
})

describe('groups', () => {
  const groupsOf = async (name: string, ...args: string[]) =>
    JSON.parse((await manage(['user', 'groups', name, '--json', ...args])).out)

  test('a role given beside the running server counts for a token that is out already, and its loss too', async () => {
    const name = await anAccount()
    const session = { kind: 'api' as const, persistent: true, supersedes: null }
    const login = await server.login({ input: { email: name, password }, identifierKey: 'email', session, context })
    const token = login.kind === 'logged-in' ? login.tokens.access.token : ''
    const grants = async () => {
      const identity = await server.identify(token, 'api')
      if (identity.kind !== 'principal') throw new Error(identity.kind)
      return [identity.principal.user.groups, identity.principal.user.permissions]
    }
    expect((await manage(['group', 'create', 'writers'])).status).toBe(0)
    await manage(['group', 'permissions', 'writers', '--add', 'write_texts', '--add', 'read_texts'])
    await expect.poll(grants, { timeout: 10_000 }).toEqual([[], []])
    expect(await groupsOf(name, '--add', 'writers')).toMatchObject({
      username: name,
      groups: ['writers'],
      permissions: ['read_texts', 'write_texts'],
    })
    await expect.poll(grants, { timeout: 10_000 }).toEqual([['writers'], ['read_texts', 'write_texts']])
    await manage(['group', 'permissions', 'writers', '--remove', 'write_texts'])
    await expect.poll(grants, { timeout: 10_000 }).toEqual([['writers'], ['read_texts']])
    expect(await groupsOf(name, '--remove', 'writers')).toMatchObject({ groups: [], permissions: [] })
    await expect.poll(grants, { timeout: 10_000 }).toEqual([[], []])
  })

  test('list shows members and permissions, as a table and as JSON', async () => {
    const name = await anAccount()
    await manage(['group', 'create', 'listed'])
    await manage(['group', 'permissions', 'listed', '--add', 'b', '--add', 'a'])
    await manage(['user', 'groups', name, '--add', 'listed'])
    const [table, json] = await Promise.all([manage(['group', 'list']), manage(['group', 'list', '--json'])])
    expect(table.out).toMatch(/^listed +1 +a, b$/m)
    expect(JSON.parse(json.out)).toContainEqual({ name: 'listed', members: 1, permissions: ['a', 'b'] })
  })

  test('each change leaves one audit row of what has really changed, and none where nothing has', async () => {
    const name = await anAccount()
    await manage(['group', 'create', 'audited'])
    await manage(['group', 'permissions', 'audited', '--add', 'c', '--add', 'd', '--remove', 'not_there'])
    await manage(['group', 'permissions', 'audited', '--add', 'c'])
    await manage(['user', 'groups', name, '--add', 'audited'])
    await manage(['user', 'groups', name, '--add', 'audited'])
    await manage(['group', 'delete', 'audited', '--yes'])
    const rows: Record<string, unknown>[] = JSON.parse((await manage(['audit', 'tail', '-n', '4', '--json'])).out)
    const user = await server.administer.findUser(name)
    expect(rows.map(({ event, reason, subject_id, detail }) => [event, reason, subject_id, detail])).toEqual([
      ['group.create', 'command_line', null, { group: 'audited' }],
      ['group.permissions', 'command_line', null, { group: 'audited', added: 'c, d', removed: '' }],
      ['user.groups', 'command_line', user?.id, { added: 'audited', removed: '' }],
      ['group.delete', 'command_line', null, { group: 'audited', members: 1, permissions: 'c, d' }],
    ])
  })

  test('what is not there is 3, a name that will not do is 1, wrong usage is 2, and none of it changes anything', async () => {
    const name = await anAccount()
    await manage(['group', 'create', 'there'])
    const before = (await manage(['group', 'list', '--json'])).out
    const outcomes = await Promise.all(
      [
        ['user', 'groups', 'nobody', '--add', 'there'],
        ['user', 'groups', name, '--add', 'there', '--add', 'missing'],
        ['group', 'permissions', 'missing', '--add', 'x'],
        ['group', 'permissions', 'missing'],
        ['group', 'delete', 'missing', '--yes'],
        ['group', 'create', 'there'],
        ['group', 'create', 'with, comma'],
        ['group', 'permissions', 'there', '--add', 'No Codename'],
        ['group', 'delete', 'there'],
        ['user', 'groups', name, '--add', 'there', '--remove', 'there'],
        ['group', 'create'],
      ].map((args) => manage(args)),
    )
    expect(outcomes.map(({ status, out }) => [status, out])).toEqual(
      [3, 3, 3, 3, 3, 1, 1, 1, 2, 2, 2].map((status) => [status, '']),
    )
    expect(outcomes[1]?.err).toContain('There is no group missing.')
    expect((await manage(['group', 'list', '--json'])).out).toBe(before)
    expect(await groupsOf(name)).toMatchObject({ groups: [] })
  })
})

describe('usage and faults', () => {
  test('wrong usage is 2, and says what is wrong on standard error', async () => {
    const wrong = [
      '',
      'nonsense',
      'user',
      'user nonsense',
      'user show',
      'createsuperuser --email a@example.com',
      'user list --nonsense',
      'user show a b',
    ]
    const outcomes = await Promise.all(wrong.map((line) => manage(line.split(' ').filter(Boolean))))
    expect(outcomes.map(({ status, out, err }) => [status, out, err !== ''])).toEqual(wrong.map(() => [2, '', true]))
  })

  test('help is no fault', async () => {
    const { status, out } = await manage(['--help'])
    expect(status).toBe(0)
    for (const command of ['createsuperuser', 'user', 'session', 'keys', 'client', 'audit', 'migrate'])
      expect(out).toContain(command)
  })

  test('migrate on a database that is up to date says so', async () => {
    const { status, out, err } = await manage(['migrate', '--json'])
    expect({ status, answer: JSON.parse(out), err }).toEqual({
      status: 0,
      answer: { applied: [] },
      err: 'The database is up to date.\n',
    })
  })

  test('an empty password is wrong usage; what is no text or far too long is refused; none of it is repeated', async () => {
    const [empty, binary, long] = await Promise.all([
      manage(['user', 'set-password', 'root'], { input: '' }),
      manage(['user', 'set-password', 'root'], { input: Buffer.from('7365766e20ff677265656e20626f74746c6573', 'hex') }),
      manage(['user', 'set-password', 'root'], { input: 'long '.repeat(10_000) }),
    ])
    expect([empty.status, binary.status, long.status]).toEqual([2, 1, 1])
    expect(binary.err).toContain('not text in UTF-8')
    expect(long.err).not.toContain('long long')
    expect((await logIn('root')).kind).toBe('logged-in')
  })

  test('settings come from .env as Next reads it, and the shell goes first', async () => {
    const lines = { '.env': 'PORT=x\nHOST=y', '.env.test': 'PORT=z' }
    const home = mkdtempSync(path.join(tmpdir(), 'latchkey-env-'))
    for (const [name, text] of Object.entries(lines)) writeFileSync(path.join(home, name), text)
    const cwd = { home, command: path.resolve('cli/manage.ts') }
    const fromFile = await manage(['user', 'list'], { cwd })
    const fromShell = await manage(['user', 'list'], { cwd, settings: { ...env, PORT: '3000', RATE_LIMIT_SCALE: 'x' } })
    rmSync(home, { recursive: true })
    expect(fromFile).toMatchObject({ status: 1, err: expect.stringContaining('PORT must be') })
    expect(fromShell.err).toMatch(/^A setting is not usable:\n {2}- RATE_LIMIT_SCALE/)
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

  test(
    'alone, it starts a database of its own and ends by itself; two at once share one',
    { timeout: 90_000 },
    async () => {
      const settings = { ...env, DATA_DIR: path.join(dataDir, 'alone') }
      expect(await manage(['user', 'list', '--json'], { settings })).toMatchObject({ status: 0, out: '[]\n' })
      const both = [manage(['user', 'list', '--json'], { settings }), manage(['user', 'list', '--json'], { settings })]
      for (const outcome of await Promise.all(both)) expect(outcome).toMatchObject({ status: 0, out: '[]\n' })
    },
  )
})

describe('the guide', () => {
  const guide = readFileSync('docs/guides/command-line.md', 'utf8')
  const examples = [...guide.matchAll(/npm run (?:-s )?manage -- ([a-z][^`\n<]+)/g)].map(([, args = '']) => args.trim())

  test('every example of it works', { timeout: 90_000 }, async () => {
    expect(examples.length).toBeGreaterThan(14)
    for (const example of examples.filter((line) => !line.includes('--follow'))) {
      if (example.startsWith('session')) await logIn('ada')
      const id = example.includes('session revoke') && example.split(' ').find((word) => word.length === 36)
      const live = id ? await liveSession('ada') : ''
      const kid = example.includes('keys drop') && example.split(' ').find((word) => word.length === 43)
      const signs = kid ? (await server.manageKeys?.list())?.find(({ state }) => state === 'current')?.kid : ''
      const named = kid ? example.replace(kid, signs ?? '') : example
      const args = (id ? named.replace(id, live) : named).split(' ')
      expect([example, await manage(args, { input: password })]).toMatchObject([example, { status: 0 }])
    }
  })

  test('it has every command', async () => {
    const helps = await Promise.all(
      [[], ['user'], ['session'], ['keys'], ['client'], ['audit'], ['group']].map((group) =>
        manage([...group, '--help']),
      ),
    )
    const verbs = helps.flatMap(({ out }, i) => [
      ...[...(out.split('Commands:')[1] ?? '').matchAll(/^ {2}([a-z][\w-]*)/gm)].map(([, verb]) => [i, verb] as const),
    ])
    const groups = ['', 'user ', 'session ', 'keys ', 'client ', 'audit ', 'group ']
    const names = verbs.map(([i, verb]) => `${groups[i]}${verb}`).filter((name) => !/help$/.test(name))
    expect(names).toContain('session revoke')
    expect(names).toContain('group permissions')
    expect(names).toContain('user groups')
    for (const name of names) expect(guide).toContain(`manage -- ${name}`)
  })
})
