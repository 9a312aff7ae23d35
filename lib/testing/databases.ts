/**
 * The databases the store suite runs on: always the embedded one, and the PostgreSQL server of TEST_DATABASE_URL where there is one,
 * in a database made for this run and dropped after it. One suite, two databases: what holds on one must hold on the other.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { openDatabase, type Database } from '#lib/store/database'
import { startEmbeddedDatabase } from '#lib/store/embedded/embedded-database'
import { applyMigrations } from '#lib/store/migrations'

export interface TestDatabase extends Database {
  connection: pg.ClientConfig
}

const server = process.env.TEST_DATABASE_URL

/** For describe.each: a name for the report, whether it can run here, and how to open it. */
export const databases = [
  { name: 'embedded', available: true, open: openEmbedded },
  {
    name: server ? 'PostgreSQL' : 'PostgreSQL (skipped: set TEST_DATABASE_URL to a server)',
    available: server !== undefined,
    open: openOnServer,
  },
]

async function openEmbedded(): Promise<TestDatabase> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'latchkey-store-'))
  const embedded = await startEmbeddedDatabase({ dataDir, use: 'own', report: () => {} })
  return open(embedded.connection, async () => {
    await embedded.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
}

async function openOnServer(): Promise<TestDatabase> {
  const name = `latchkey_test_${randomBytes(6).toString('hex')}`
  await onServer(`CREATE DATABASE ${name}`)
  const url = new URL(server ?? '')
  url.pathname = `/${name}`
  return open({ connectionString: url.href }, () => onServer(`DROP DATABASE ${name} WITH (FORCE)`))
}

async function open(connection: pg.ClientConfig, remove: () => Promise<void>): Promise<TestDatabase> {
  await applyMigrations({ connection, report: () => {} })
  // Hundreds of statements at once on a busy machine: patience is not what these suites are about.
  const patient = { connectionTimeoutMillis: 60_000, statement_timeout: 60_000, query_timeout: 60_000 }
  const { prisma, statements, close } = openDatabase({ ...connection, ...patient })
  return {
    connection,
    prisma,
    statements,
    async close() {
      await close()
      await remove()
    },
  }
}

async function onServer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
