/**
 * Applies prisma/migrations (docs/design.md, section 3), at boot and from the command line, without Prisma's engine or a download.
 * It keeps Prisma's own table, checksums and lock number, so that `prisma migrate deploy` sees the same history and either may go on with it.
 */
import { createHash, randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { StartError } from '#lib/core/start-error'
import { explainConnectionError } from '#lib/store/connection-error'

export interface MigrationOptions {
  connection: pg.ClientConfig
  /** Default: prisma/migrations under the working directory. */
  directory?: string
  report: (line: string) => void
}

interface Migration {
  name: string
  sql: string
  checksum: string
}

interface HistoryRow {
  migration_name: string
  checksum: string
  finished_at: Date | null
}

// The number that Prisma's migrate takes: its run and ours exclude each other.
const lockNumber = 72707369
const connectMs = 5000

/** Returns the names of those it applied; none when the database is up to date. Throws StartError for what a person has to put right. */
export async function applyMigrations({ connection, directory, report }: MigrationOptions): Promise<string[]> {
  const migrations = readMigrations(
    directory ?? path.join(/*turbopackIgnore: true*/ process.cwd(), 'prisma/migrations'),
  )
  const client = makeClient(connection)
  try {
    await client.connect()
    return await applyAll(client, migrations, report)
  } catch (error) {
    if (error instanceof StartError) throw error
    throw explainConnectionError(error, client) ?? error
  } finally {
    await client.end().catch(() => {})
  }
}

function makeClient(connection: pg.ClientConfig) {
  try {
    const client = new pg.Client({ connectionTimeoutMillis: connectMs, ...connection })
    // A connection lost between two queries would otherwise end the process; the next query reports it.
    client.on('error', () => {})
    return client
  } catch {
    // The cause quotes the URL, and with it the password.
    throw new StartError(
      'DATABASE_URL cannot be read as a URL.',
      'Write postgresql://user:password@host:5432/database, special characters percent-encoded.',
    )
  }
}

async function applyAll(client: pg.Client, migrations: Migration[], report: (line: string) => void) {
  await inLock(client, () => client.query(createHistory))
  checkHistory(await readHistory(client), migrations)
  const applied: string[] = []
  for (const migration of migrations) {
    if (await inLock(client, () => applyOnce(client, migration))) applied.push(migration.name)
  }
  if (applied.length)
    report(`Applied ${applied.length} migration${applied.length === 1 ? '' : 's'}: ${applied.join(', ')}.`)
  return applied
}

/**
 * A transaction that one process at a time is in. On PostgreSQL the advisory lock excludes the others; on the embedded database, one backend
 * where such a lock excludes nobody, the open transaction itself does. So whoever comes second sees what the first has committed.
 */
async function inLock<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN')
  try {
    // LOCAL: a pooler or the embedded database may give this session to somebody else afterwards.
    await client.query(
      `SET LOCAL lock_timeout = '60s'; SET LOCAL statement_timeout = 0; SET LOCAL client_min_messages = warning`,
    )
    await client.query(`SELECT pg_advisory_xact_lock(${lockNumber})`).catch(refuseLongWait)
    const result = await work()
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    throw error
  }
}

function refuseLongWait(error: { code?: string }): never {
  if (error.code !== '55P03') throw error
  throw new StartError(
    'Another process has been migrating this database for more than a minute.',
    'Wait until it is done, or end it, then start again.',
  )
}

/** False: another process has applied it meanwhile. */
async function applyOnce(client: pg.Client, { name, sql, checksum }: Migration) {
  const known = (await readHistory(client)).find((row) => row.migration_name === name)
  if (known) return false
  try {
    await client.query(sql)
  } catch (error) {
    // No code and no SQLSTATE severity: the connection broke, which is not this migration's fault.
    if (!(error instanceof pg.DatabaseError)) throw error
    throw new StartError(
      `The migration ${name} failed and was rolled back: ${error.message}.`,
      'Put the database or the migration right, then start again.',
      { cause: error },
    )
  }
  await client.query(insertHistory, [randomUUID(), checksum, name])
  return true
}

async function readHistory(client: pg.Client) {
  const { rows } = await client.query<HistoryRow>(selectHistory)
  return rows
}

/** A database with more migrations than this code has is a newer version's, in a rolling update: no fault. */
function checkHistory(history: HistoryRow[], migrations: Migration[]) {
  for (const row of history) {
    if (!row.finished_at) {
      throw new StartError(
        `The migration ${row.migration_name} has failed half-way in this database.`,
        'Put the tables right, then run prisma migrate resolve for it, or restore a backup.',
      )
    }
    const migration = migrations.find(({ name }) => name === row.migration_name)
    if (migration && migration.checksum !== row.checksum) {
      throw new StartError(
        `The migration ${row.migration_name} was changed after it had been applied to this database.`,
        'Restore its file from version control and put the change into a new migration.',
      )
    }
  }
}

function readMigrations(directory: string): Migration[] {
  const names = fs.existsSync(directory) ? fs.readdirSync(/*turbopackIgnore: true*/ directory).sort() : []
  const migrations = names.map((name) => readMigration(directory, name)).filter((migration) => migration !== null)
  if (migrations.length) return migrations
  throw new StartError(
    `There are no migrations in ${directory}.`,
    'Start in the folder of the application, where prisma/migrations lies.',
  )
}

function readMigration(directory: string, name: string): Migration | null {
  const file = path.join(/*turbopackIgnore: true*/ directory, name, 'migration.sql')
  if (!fs.existsSync(file)) return null
  const bytes = fs.readFileSync(file)
  return { name, sql: bytes.toString(), checksum: createHash('sha256').update(bytes).digest('hex') }
}

const createHistory = `
  CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id" VARCHAR(36) PRIMARY KEY NOT NULL,
    "checksum" VARCHAR(64) NOT NULL,
    "finished_at" TIMESTAMPTZ,
    "migration_name" VARCHAR(255) NOT NULL,
    "logs" TEXT,
    "rolled_back_at" TIMESTAMPTZ,
    "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
    "applied_steps_count" INTEGER NOT NULL DEFAULT 0
  )`

const selectHistory = `SELECT "migration_name", "checksum", "finished_at" FROM "_prisma_migrations" WHERE "rolled_back_at" IS NULL`

const insertHistory = `
  INSERT INTO "_prisma_migrations" ("id", "checksum", "migration_name", "started_at", "finished_at", "applied_steps_count")
  VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`
