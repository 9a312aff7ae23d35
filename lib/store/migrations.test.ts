import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startEmbeddedDatabase, type EmbeddedDatabase } from '#lib/store/embedded/embedded-database'
import { applyMigrations } from '#lib/store/migrations'

const serverUrl = process.env.TEST_DATABASE_URL
const skipped = '(skipped: set TEST_DATABASE_URL to a PostgreSQL server)'
let base: string
let embedded: EmbeddedDatabase

beforeAll(async () => {
  base = fs.mkdtempSync(path.join(os.tmpdir(), 'latchkey-test-'))
  embedded = await startEmbeddedDatabase({ dataDir: path.join(base, 'data'), use: 'own', report: () => {} })
})

afterAll(async () => {
  await embedded.close()
  fs.rmSync(base, { recursive: true, force: true })
})

const databases = [
  { name: 'embedded', skip: false, connection: (): pg.ClientConfig => embedded.connection },
  {
    name: `PostgreSQL ${serverUrl ? '' : skipped}`,
    skip: !serverUrl,
    connection: (): pg.ClientConfig => ({ connectionString: serverUrl }),
  },
]

for (const { name, skip, connection } of databases) {
  describe.skipIf(skip)(name, () => {
    beforeEach(() => run(connection(), 'DROP SCHEMA public CASCADE; CREATE SCHEMA public'))

    test('every migration is applied once, and recorded as Prisma records it', async () => {
      const lines: string[] = []
      const applied = await applyMigrations({ connection: connection(), report: (line) => lines.push(line) })
      expect(applied[0]).toMatch(/^\d{14}_init$/)
      expect(lines).toHaveLength(1)
      expect(await applyMigrations({ connection: connection(), report: (line) => lines.push(line) })).toEqual([])
      expect(lines).toHaveLength(1)
      const history = await run(
        connection(),
        'SELECT migration_name, length(checksum) AS l, applied_steps_count AS n, finished_at IS NOT NULL AS f FROM _prisma_migrations',
      )
      expect(history).toEqual(applied.map((migration) => ({ migration_name: migration, l: 64, n: 1, f: true })))
    })

    test('three processes at once apply each of them once', async () => {
      const directory = migrationFolder({
        '1_a': 'CREATE TABLE a (n int); SELECT pg_sleep(0.2)',
        '2_b': 'INSERT INTO a VALUES (1)',
        '3_c': 'INSERT INTO a VALUES (2)',
      })
      const runs = await Promise.all([0, 1, 2].map(() => migrateInProcess(connection(), directory)))
      expect(runs.flat().sort()).toEqual(['1_a', '2_b', '3_c'])
      expect(await run(connection(), 'SELECT n FROM a ORDER BY n')).toEqual([{ n: 1 }, { n: 2 }])
    })

    test('a migration that fails leaves nothing behind and is tried again', async () => {
      const broken = migrationFolder({ '1_a': 'CREATE TABLE a (n int); INSERT INTO nowhere VALUES (1)' })
      await expect(migrate(connection(), broken)).rejects.toMatchObject({
        problem: expect.stringContaining('1_a failed and was rolled back: relation "nowhere"'),
      })
      expect(
        await run(connection(), `SELECT to_regclass('a') AS a, (SELECT count(*)::int FROM _prisma_migrations) AS n`),
      ).toEqual([{ a: null, n: 0 }])
      expect(await migrate(connection(), migrationFolder({ '1_a': 'CREATE TABLE a (n int)' }))).toEqual(['1_a'])
    })

    test('a migration that was changed after it ran is refused', async () => {
      await migrate(connection(), migrationFolder({ '1_a': 'CREATE TABLE a (n int)' }))
      await expect(
        migrate(connection(), migrationFolder({ '1_a': 'CREATE TABLE a (n bigint)' })),
      ).rejects.toMatchObject({ problem: expect.stringContaining('1_a was changed') })
    })

    test('a failed migration is refused, known or not; a newer version’s finished one is not', async () => {
      const directory = migrationFolder({ '1_a': 'CREATE TABLE a (n int)' })
      await migrate(connection(), directory)
      await run(
        connection(),
        `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('x', 'y', '9_newer', now())`,
      )
      expect(await migrate(connection(), directory)).toEqual([])
      await run(connection(), `UPDATE _prisma_migrations SET finished_at = NULL WHERE id = 'x'`)
      await expect(migrate(connection(), directory)).rejects.toMatchObject({
        problem: expect.stringContaining('9_newer has failed half-way'),
      })
    })

    test.each(['UPDATE audit_events SET event = $$x$$', 'DELETE FROM audit_events', 'TRUNCATE audit_events'])(
      'the audit trail refuses %s',
      async (sql) => {
        await applyMigrations({ connection: connection(), report: () => {} })
        await run(connection(), `INSERT INTO audit_events (event, outcome) VALUES ('login', 'ok')`)
        await expect(run(connection(), sql)).rejects.toThrow(
          /audit_events is insert-only: (UPDATE|DELETE|TRUNCATE) is refused/,
        )
      },
    )
  })
}

describe('a database that cannot be reached is one sentence, without the password', () => {
  const refused = async (connectionString: string) => {
    const error = await migrate(
      { connectionString, connectionTimeoutMillis: 1000 },
      migrationFolder({ '1_a': 'SELECT 1' }),
    ).catch((reason) => reason)
    expect(error).toMatchObject({ name: 'StartError' })
    expect(error.message).not.toContain('hunter2')
    return error.problem
  }

  test('nobody listens', async () =>
    expect(await refused('postgresql://u:hunter2@127.0.0.1:1/db')).toBe('No PostgreSQL answers at 127.0.0.1:1.'))
  test('no such host', async () =>
    expect(await refused('postgresql://u:hunter2@latchkey.invalid/db')).toMatch(
      /^The database's host latchkey\.invalid is not known/,
    ))
  test('not a URL', async () =>
    expect(await refused('postgresql://u:hunter2@[/db')).toBe('DATABASE_URL cannot be read as a URL.'))
  test('something else listens', async () => {
    await withListener(
      (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
      async (port) => {
        expect(await refused(`postgresql://u:hunter2@127.0.0.1:${port}/db`)).toBe(
          `What answers at 127.0.0.1:${port} is not PostgreSQL, or closed the connection.`,
        )
      },
    )
  })
  test('it answers nothing', async () => {
    await withListener(
      () => {},
      async (port) => {
        expect(await refused(`postgresql://u:hunter2@127.0.0.1:${port}/db`)).toMatch(/cannot be reached/)
      },
    )
  })

  describe.skipIf(!serverUrl)(`PostgreSQL ${serverUrl ? '' : skipped}`, () => {
    const address = () => serverUrl?.replace(/^.*@|^.*\/\/|\/[^/]*$/g, '')
    test('no such database', async () =>
      expect(await refused(`${serverUrl?.replace(/\/[^/]*$/, '')}/nowhere`)).toMatch(
        /^The database nowhere does not exist/,
      ))
    test('no TLS', async () => expect(await refused(`${serverUrl}?sslmode=verify-full`)).toMatch(/offers no TLS/))
    test('a wrong password', async () => {
      // Needs a host line in pg_hba.conf that asks for passwords from this user; a server that trusts says that there is no such user instead.
      expect(await refused(`postgresql://nobody:hunter2@${address()}/postgres`)).toMatch(
        /refuses the password|does not let user nobody in/,
      )
    })
  })
})

function migrate(connection: pg.ClientConfig, directory: string) {
  return applyMigrations({ connection, directory, report: () => {} })
}

function migrationFolder(migrations: Record<string, string>) {
  const directory = fs.mkdtempSync(path.join(base, 'migrations-'))
  for (const [name, sql] of Object.entries(migrations)) {
    fs.mkdirSync(path.join(directory, name))
    fs.writeFileSync(path.join(directory, name, 'migration.sql'), sql)
  }
  return directory
}

async function migrateInProcess(connection: pg.ClientConfig, directory: string): Promise<string[]> {
  const options = JSON.stringify({ connection, directory })
  const source = `import('./lib/store/migrations.ts').then(async ({ applyMigrations }) =>
    console.log(JSON.stringify(await applyMigrations({ ...${options}, report() {} }))))`
  const child = spawn(process.execPath, ['--import', 'tsx', '-e', source], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  await once(child, 'close')
  return JSON.parse(output)
}

async function run(connection: pg.ClientConfig, sql: string) {
  const client = new pg.Client(connection)
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

async function withListener(onSocket: (socket: net.Socket) => void, work: (port: number) => Promise<void>) {
  const sockets: net.Socket[] = []
  const server = net.createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    onSocket(socket)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  try {
    await work((server.address() as net.AddressInfo).port)
  } finally {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
}
