/**
 * Makes a migration from the difference between prisma/migrations and prisma/schema.prisma, without a database server or a download:
 * Prisma's schema engine as WASM, on a PGlite in memory. `node prisma/make-migration.mjs <name>` writes one; `--check` exits 1 on drift.
 * Prisma sees tables, not triggers: what is appended to a migration by hand is no drift.
 */
import { PGlite } from '@electric-sql/pglite'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
// No .js at the end: the package's exports forbid it.
import * as engine from '@prisma/schema-engine-wasm/schema_engine_bg'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { PrismaPGlite } from 'pglite-prisma-adapter'

const directory = fileURLToPath(new URL('migrations', import.meta.url))
const schemaFile = fileURLToPath(new URL('schema.prisma', import.meta.url))
const schema = fs.readFileSync(schemaFile, 'utf8')
const filters = { externalTables: [], externalEnums: [] }

const [argument] = process.argv.slice(2)
if (argument !== '--check' && !/^[a-z][a-z0-9_]*$/.test(argument ?? '')) {
  console.error(
    'Usage: node prisma/make-migration.mjs <name> | --check   (a name is small letters, digits and underscores)',
  )
  process.exit(2)
}
const { hasDrift, sql } = await findDifference()
process.exit(argument === '--check' ? check() : write(argument ?? ''))

function check() {
  if (!hasDrift) return 0
  console.error(
    `prisma/migrations does not make the tables of prisma/schema.prisma. Run npm run db:migration -- <name>. Missing:\n\n${sql}`,
  )
  return 1
}

/** @param {string} name */
function write(name) {
  if (!hasDrift) {
    console.log('prisma/migrations already makes the tables of prisma/schema.prisma: nothing to do.')
    return 0
  }
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14)
  const target = path.join(directory, `${stamp}_${name}`)
  fs.mkdirSync(target, { recursive: true })
  fs.writeFileSync(path.join(target, 'migration.sql'), sql)
  console.log(`Written: ${path.relative(process.cwd(), target)}/migration.sql. Read it before you commit it.`)
  return 0
}

async function findDifference() {
  await loadEngine()
  const shadow = bindMigrationAwareSqlAdapterFactory(new PrismaPGlite(new PGlite()))
  const schemaEngine = await engine.SchemaEngine.new({ datamodels: [[schemaFile, schema]] }, () => {}, shadow)
  const migrations = listMigrations()
  await schemaEngine.applyMigrations({ migrationsList: migrations, filters })
  const result = await schemaEngine.diff({
    from: migrations.migrationDirectories.length ? { tag: 'migrations', ...migrations } : { tag: 'empty' },
    to: { tag: 'schemaDatamodel', files: [{ path: schemaFile, content: schema }] },
    script: true,
    exitCode: true,
    filters,
  })
  return { hasDrift: result.exitCode !== 0, sql: result.stdout ?? '' }
}

async function loadEngine() {
  const file = new URL('schema_engine_bg.wasm', import.meta.resolve('@prisma/schema-engine-wasm/schema_engine_bg'))
  const { instance } = await WebAssembly.instantiate(fs.readFileSync(file), {
    './schema_engine_bg.js': /** @type {any} */ (engine),
  })
  const exports = /** @type {any} */ (instance.exports)
  engine.__wbg_set_wasm(exports)
  exports.__wbindgen_start()
}

function listMigrations() {
  const names = fs.existsSync(directory)
    ? fs
        .readdirSync(directory)
        .filter((name) => fs.existsSync(path.join(directory, name, 'migration.sql')))
        .sort()
    : []
  return {
    baseDir: directory,
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: names.map((name) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: {
          tag: /** @type {const} */ ('ok'),
          value: fs.readFileSync(path.join(directory, name, 'migration.sql'), 'utf8'),
        },
      },
    })),
  }
}
