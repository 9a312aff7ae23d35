import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { isUnavailable, openDatabase, type Database } from '#lib/store/database'
import { startEmbeddedDatabase, type EmbeddedDatabase } from '#lib/store/embedded/embedded-database'
import { applyMigrations } from '#lib/store/migrations'

const serverUrl = process.env.TEST_DATABASE_URL
const within5s = { timeout: 15_000 }
let base: string
let embedded: EmbeddedDatabase
let database: Database

beforeAll(async () => {
  base = fs.mkdtempSync(path.join(os.tmpdir(), 'latchkey-test-'))
  embedded = await startEmbeddedDatabase({ dataDir: path.join(base, 'data'), use: 'own', report: () => {} })
  await applyMigrations({ connection: embedded.connection, report: () => {} })
})

beforeEach(async () => {
  database = openDatabase(embedded.connection)
  await expect.poll(() => database.prisma.user.count().catch(() => null), within5s).toBe(0)
})

afterEach(() => database.close())

afterAll(async () => {
  await embedded.close()
  fs.rmSync(base, { recursive: true, force: true })
})

/** Every way in which our stores ask, each with its own way of failing. */
const questions: [string, () => Promise<unknown>][] = [
  ['fluent', () => database.prisma.user.count()],
  ['raw query', () => database.prisma.$queryRaw`SELECT 1`],
  ['raw statement', () => database.prisma.$executeRaw`UPDATE users SET epoch = 0 WHERE false`],
  ['interactive transaction', () => database.prisma.$transaction((tx) => tx.user.count())],
  [
    'batch transaction',
    () => database.prisma.$transaction([database.prisma.user.count(), database.prisma.user.count()]),
  ],
]

test('killed under way and away: every form is unavailable; back again, every form answers', async () => {
  const underWay = [
    database.prisma.$queryRaw`SELECT pg_sleep(0.5)::text`,
    database.prisma.$transaction(async (tx) => {
      await tx.user.count()
      await sleep(600)
      await tx.user.count()
    }),
  ].map(verdict)
  await sleep(50)
  process.kill(childPid(), 'SIGKILL')
  expect(await Promise.all([...underWay, ...questions.map(([, ask]) => verdict(ask()))])).toEqual(
    Array(7).fill('unavailable'),
  )
  // Between two lives of the database nobody listens.
  expect(await Promise.all(questions.map(([, ask]) => verdict(ask())))).toEqual(Array(5).fill('unavailable'))
  await expect.poll(() => database.prisma.user.count().catch(() => null), within5s).toBe(0)
  expect(await Promise.all(questions.map(([, ask]) => verdict(ask())))).toEqual(Array(5).fill('answered'))
})

test('no socket at all: the codes that Prisma passes through are unavailable too', async () => {
  await database.close()
  database = openDatabase({ ...embedded.connection, host: path.join(base, 'nowhere') })
  expect(await Promise.all(questions.map(([, ask]) => verdict(ask())))).toEqual(Array(5).fill('unavailable'))
})

test('a database that hangs is unavailable within 5 s, in every form', async () => {
  const pid = childPid()
  process.kill(pid, 'SIGSTOP')
  try {
    const startedAt = performance.now()
    expect(await Promise.all(questions.map(([, ask]) => verdict(ask())))).toEqual(Array(5).fill('unavailable'))
    expect(performance.now() - startedAt).toBeLessThan(5000)
  } finally {
    process.kill(pid, 'SIGCONT')
  }
})

test('a transaction cut off by a timeout is not handed on to the next query', async () => {
  await database.close()
  database = openDatabase({ ...embedded.connection, max: 1 })
  const pid = childPid()
  const late = database.prisma.$transaction(async (tx) => {
    await tx.secretFingerprint.create({ data: { name: 'late', fingerprint: 'x' } })
    process.kill(pid, 'SIGSTOP')
    await tx.user.count()
  })
  expect(await verdict(late)).toBe('unavailable')
  process.kill(pid, 'SIGCONT')
  await database.prisma.secretFingerprint.create({ data: { name: 'next', fingerprint: 'x' } })
  // Asked on a connection of its own: what the pool's connection sees proves nothing about what is committed.
  const other = new pg.Client(embedded.connection)
  await other.connect()
  expect((await other.query('SELECT name FROM secret_fingerprints')).rows).toEqual([{ name: 'next' }])
  await other.end()
})

test.each<[string, () => Promise<unknown>]>([
  ['a missing row', () => database.prisma.user.update({ where: { id: crypto.randomUUID() }, data: { epoch: 1 } })],
  ['wrong SQL', () => database.prisma.$queryRawUnsafe('SELECT nonsense')],
  [
    'a taken name',
    () => twice(() => database.prisma.secretFingerprint.create({ data: { name: 'taken', fingerprint: 'x' } })),
  ],
  ['an error of our own in a transaction', () => database.prisma.$transaction(() => Promise.reject(new Error('ours')))],
  ['a file that is not there', () => fs.promises.readFile(path.join(base, 'nothing'))],
  ['not an error at all', () => Promise.reject(null)],
])('%s is not the database being unavailable', async (_, ask) => expect(await verdict(ask())).toBe('refused'))

describe.skipIf(!serverUrl)(
  `PostgreSQL ${serverUrl ? '' : '(skipped: set TEST_DATABASE_URL to a PostgreSQL server)'}`,
  () => {
    beforeEach(async () => {
      await database.close()
      database = openDatabase({ connectionString: serverUrl })
      await applyMigrations({ connection: { connectionString: serverUrl }, report: () => {} })
    })

    test('a connection ended by the server is unavailable, and the pool recovers', async () => {
      const underWay = verdict(database.prisma.$queryRaw`SELECT pg_sleep(1)::text`)
      await sleep(100)
      await endOtherConnections()
      expect(await underWay).toBe('unavailable')
      await expect.poll(() => verdict(database.prisma.user.count())).toBe('answered')
    })

    test('the server itself stops a statement after two seconds', async () => {
      const startedAt = performance.now()
      expect(await verdict(database.prisma.$queryRaw`SELECT pg_sleep(10)::text`)).toBe('unavailable')
      expect(performance.now() - startedAt).toBeLessThan(2190)
    })
  },
)

function verdict(answer: Promise<unknown>) {
  return answer.then(
    () => 'answered',
    (error) => (isUnavailable(error) ? 'unavailable' : 'refused'),
  )
}

async function twice(work: () => Promise<unknown>) {
  await work()
  await work()
}

async function endOtherConnections() {
  const client = new pg.Client({ connectionString: serverUrl })
  await client.connect()
  await client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND query LIKE '%pg_sleep(1)%'`,
  )
  await client.end()
}

/** Our child, by the directory on its command line. */
function childPid() {
  const found = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .find((line) => line.includes('child.mjs') && line.includes(base))
  return Number(found?.trim().split(' ')[0])
}
