import { fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import {
  startEmbeddedDatabase,
  type EmbeddedDatabase,
  type EmbeddedDatabaseOptions,
} from '#lib/store/embedded/embedded-database'

// Creating a database takes seconds: one is made, the tests work on copies of it.
let base: string
let template: string
const open: EmbeddedDatabase[] = []
const processes: ChildProcess[] = []

beforeAll(async () => {
  base = fs.mkdtempSync(path.join(os.tmpdir(), 'latchkey-test-'))
  template = path.join(base, 'template')
  await (await start(template)).close()
})

afterEach(async () => {
  for (const child of processes.splice(0)) child.kill('SIGKILL')
  await Promise.all(open.splice(0).map((database) => database.close()))
})

afterAll(() => fs.rmSync(base, { recursive: true, force: true }))

test('a new directory is announced, created, private to its owner, and kept by the second start', async () => {
  const lines: string[] = []
  const dataDir = path.join(base, 'new', 'data')
  const first = await start(dataDir, { report: (line) => lines.push(line) })
  await run(first, 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)')
  expect(lines).toEqual([`Creating the database in ${dataDir} (once, some seconds) …`])
  expect(fs.statSync(dataDir).mode & 0o777).toBe(0o700)
  expect(fs.statSync(path.join(dataDir, '.s.PGSQL.5432')).mode & 0o777).toBe(0o600)
  await first.close()

  const startedAt = performance.now()
  const second = await start(dataDir, { report: (line) => lines.push(line) })
  expect(await run(second, 'SELECT n FROM kept')).toEqual([{ n: 7 }])
  expect(lines).toHaveLength(1)
  expect(performance.now() - startedAt).toBeLessThan(4000)
})

test('a second server is refused in words that name the directory and the process; the command line shares', async () => {
  const dataDir = copyOfTemplate('owned')
  const owner = await start(dataDir)
  const shared = await start(dataDir, { use: 'share' })
  expect(shared.connection).toEqual(owner.connection)
  await expect(start(dataDir)).rejects.toMatchObject({
    problem: `The data directory ${dataDir} is in use by process ${process.pid}.`,
    remedy: expect.stringContaining('DATA_DIR'),
  })
  await shared.close()
  expect(await run(owner, 'SELECT 1 AS n')).toEqual([{ n: 1 }])
})

test('an owner that is just ending is waited for', async () => {
  const dataDir = copyOfTemplate('restart')
  const first = await start(dataDir)
  const second = start(dataDir)
  await sleep(500)
  await first.close()
  expect(await run(await second, 'SELECT 1 AS n')).toEqual([{ n: 1 }])
})

test('of several that start at once on a stale lock one owns the directory', async () => {
  const dataDir = copyOfTemplate('stale')
  for (let round = 0; round < 3; round++) {
    leaveStaleSocket(path.join(dataDir, 'lock.1.00000000'))
    const answers = await Promise.all(Array.from({ length: 4 }, () => firstAnswer(dataDir)))
    expect(answers.map((answer) => answer.kind).sort()).toEqual(['in-use', 'in-use', 'in-use', 'ready'])
    expect(fs.existsSync(path.join(dataDir, 'lock.1.00000000'))).toBe(false)
    // Killed, so that the next round finds a lock and a socket that nobody answers.
    await Promise.all(processes.splice(0).map((child) => killed(child)))
  }
})

test('kill -9 of the database loses no acknowledged row, and it comes back', async () => {
  const lines: string[] = []
  const dataDir = copyOfTemplate('storm')
  const database = await start(dataDir, { report: (line) => lines.push(line) })
  await run(database, 'CREATE TABLE storm (n int PRIMARY KEY)')
  const acknowledged: number[] = []
  for (let round = 0; round < 3; round++) {
    const writers = [0, 1, 2].map((writer) => writeUntilCut(database, (round * 3 + writer) * 100_000, acknowledged))
    await sleep(300)
    process.kill(childPid(dataDir), 'SIGKILL')
    await Promise.all(writers)
    await answering(database)
  }
  const rows = await run(database, 'SELECT n FROM storm')
  const stored = new Set(rows.map((row) => row.n))
  expect(acknowledged.length).toBeGreaterThan(30)
  expect(acknowledged.filter((n) => !stored.has(n))).toEqual([])
  expect(lines.filter((line) => line.includes('is back'))).toHaveLength(3)
})

test('kill -9 of the server leaves no orphan', async () => {
  const dataDir = copyOfTemplate('orphan')
  const script = `import { startEmbeddedDatabase } from '#lib/store/embedded/embedded-database'
    await startEmbeddedDatabase({ dataDir: ${JSON.stringify(dataDir)}, use: 'own', report() {} })
    console.log('up'); setInterval(() => {}, 1000)`
  // A file inside the package, so that '#lib' is known to it.
  const file = path.join(process.cwd(), 'lib/store/embedded', `.orphan-${process.pid}.mts`)
  fs.writeFileSync(file, script)
  try {
    const server = spawn(process.execPath, ['--import', 'tsx', file], { stdio: ['ignore', 'pipe', 'inherit'] })
    processes.push(server)
    await once(server.stdout, 'data')
    const child = childPid(dataDir)
    expect(isAlive(child)).toBe(true)
    server.kill('SIGKILL')
    await expect.poll(() => isAlive(child), { timeout: 5000 }).toBe(false)
    expect(fs.readdirSync(dataDir).filter((name) => name.startsWith('lock.'))).toEqual([])
  } finally {
    fs.rmSync(file)
  }
})

test.each([
  [
    'a file in the way',
    () => (fs.writeFileSync(path.join(base, 'file'), ''), path.join(base, 'file')),
    /a file is in the way/,
  ],
  ['a directory nobody can make', () => '/proc/latchkey', /cannot be written/],
])('%s is refused in one sentence', async (_, dataDir, problem) => {
  await expect(start(dataDir())).rejects.toMatchObject({
    name: 'StartError',
    problem: expect.stringMatching(problem),
    remedy: expect.stringContaining('DATA_DIR'),
  })
})

test('a data directory too deep for a socket path works all the same', async () => {
  const dataDir = copyOfTemplate(`deep/${'d'.repeat(90)}`)
  const database = await start(dataDir)
  expect(database.connection.host).toMatch(/latchkey-[0-9a-f]{16}$/)
  expect(fs.statSync(database.connection.host).mode & 0o777).toBe(0o700)
  expect((await start(dataDir, { use: 'share' })).connection.host).toBe(database.connection.host)
  expect(await run(database, 'SELECT 1 AS n')).toEqual([{ n: 1 }])
})

test('without Unix sockets it asks for the password that only its owner can read', async () => {
  const dataDir = copyOfTemplate('tcp')
  const database = await start(dataDir, { transport: 'tcp' })
  expect(await run(database, 'SELECT 1 AS n')).toEqual([{ n: 1 }])
  expect(fs.statSync(path.join(dataDir, 'database-password')).mode & 0o777).toBe(0o600)
  const client = new pg.Client({ ...database.connection, password: 'guess' })
  await expect(client.connect()).rejects.toMatchObject({ code: '28P01' })
  expect((await start(dataDir, { use: 'share', transport: 'tcp' })).connection.password).toBe(
    database.connection.password,
  )
})

test('a batch that pauses between its messages is not given another client’s statement', async () => {
  const database = await start(copyOfTemplate('batches'))
  const slow = await rawClient(database)
  slow.write(message('P', '\0SELECT 1111 AS n\0\0\0'))
  slow.write(message('H', ''))
  await slow.reply('1')
  const other = new pg.Client(database.connection)
  const connected = other.connect().then(() => other.query('SELECT $1::int AS n', [2222]))
  await sleep(200)
  slow.write(message('B', '\0\0\0\0\0\0\0\0'))
  slow.write(message('E', '\0\0\0\0\0'))
  slow.write(message('S', ''))
  expect(await slow.reply('Z')).toContain('1111')
  expect((await connected).rows).toEqual([{ n: 2222 }])
  slow.end()
  await other.end()
})

test('a client that breaks off in a transaction is rolled back, whenever it breaks off', async () => {
  const database = await start(copyOfTemplate('broken-off'))
  await run(database, 'CREATE TABLE t (n int)')
  for (let index = 0; index < 20; index++) {
    const client = await rawClient(database)
    client.write(message('Q', 'BEGIN; INSERT INTO t VALUES (1)\0'))
    if (index % 2) await client.reply('Z')
    client.destroy()
    expect(await run(database, 'SELECT count(*)::int AS n FROM t')).toEqual([{ n: 0 }])
  }
})

test('what one client sets is gone when it leaves', async () => {
  const database = await start(copyOfTemplate('settings'))
  const before = await run(database, 'SHOW search_path')
  await run(database, 'SET search_path = nowhere')
  expect(await run(database, 'SHOW search_path')).toEqual(before)
})

async function start(dataDir: string, options: Partial<EmbeddedDatabaseOptions> = {}) {
  const database = await startEmbeddedDatabase({ dataDir, use: 'own', report: () => {}, ...options })
  open.push(database)
  return database
}

function copyOfTemplate(name: string) {
  const dataDir = path.join(base, name)
  fs.cpSync(template, dataDir, { recursive: true })
  return dataDir
}

async function run(database: EmbeddedDatabase, sql: string) {
  const client = new pg.Client({ ...database.connection, query_timeout: 5000 })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

async function answering(database: EmbeddedDatabase) {
  await expect.poll(() => run(database, 'SELECT 1 AS n').catch(() => null), { timeout: 15_000 }).toEqual([{ n: 1 }])
}

async function writeUntilCut(database: EmbeddedDatabase, from: number, acknowledged: number[]) {
  const client = new pg.Client(database.connection)
  client.on('error', () => {})
  await client.connect()
  for (let n = from; ; n++) {
    const done = await client.query('INSERT INTO storm VALUES ($1)', [n]).then(
      () => true,
      () => false,
    )
    if (!done) return
    acknowledged.push(n)
  }
}

/** Runs a child as the server does, without its words for refusals. */
async function firstAnswer(dataDir: string): Promise<{ kind: string }> {
  const child = fork(
    'lib/store/embedded/child.mjs',
    [JSON.stringify({ dataDir, tmpDir: os.tmpdir(), transport: 'unix', port: 0 })],
    { execArgv: [] },
  )
  processes.push(child)
  const [answer] = await once(child, 'message')
  return answer
}

async function killed(child: ChildProcess) {
  if (child.exitCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

/** The process that was given this directory. */
function childPid(dataDir: string): number {
  const isChild = (pid: string) => {
    const commandLine = readIfThere(`/proc/${pid}/cmdline`)
    return commandLine.includes('child.mjs') && commandLine.includes(JSON.stringify(dataDir))
  }
  const pid = fs.readdirSync('/proc').find((name) => /^\d+$/.test(name) && isChild(name))
  if (!pid) throw new Error(`no child has ${dataDir}`)
  return Number(pid)
}

function readIfThere(file: string) {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function isAlive(pid: number) {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** A listener that is killed leaves its file: what a lock looks like after kill -9. */
function leaveStaleSocket(file: string) {
  const hidden = `${file}.bound`
  const server = net.createServer().listen(hidden)
  fs.renameSync(hidden, file)
  server.close()
}

function message(type: string, body: string) {
  const bytes = Buffer.from(`${type}\0\0\0\0${body}`)
  bytes.writeInt32BE(bytes.length - 1, 1)
  return bytes
}

/** The protocol by hand, message by message. */
async function rawClient(database: EmbeddedDatabase) {
  const socket = net.connect(path.join(database.connection.host, '.s.PGSQL.5432'))
  let received = ''
  socket.on('data', (chunk) => (received += chunk.toString('latin1')))
  socket.on('error', () => {})
  const reply = async (type: string) => {
    await expect.poll(() => received.includes(`${type}\0\0\0`), { timeout: 5000, interval: 5 }).toBe(true)
    const text = received
    received = ''
    return text
  }
  const startup = Buffer.from('\0\0\0\0\0\x03\0\0user\0postgres\0database\0postgres\0\0')
  startup.writeInt32BE(startup.length)
  socket.write(startup)
  await reply('Z')
  return {
    write: (bytes: Buffer) => socket.write(bytes),
    end: () => socket.end(),
    destroy: () => socket.destroy(),
    reply,
  }
}
