/**
 * Generates the Prisma client when it is missing or was made from another schema; says nothing when there is nothing to do.
 * Run by postinstall, predev, prebuild and pretest. It neither downloads nor needs a database.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const client = new URL('../lib/store/generated/client.ts', import.meta.url)
const stampFile = new URL('../lib/store/generated/.made-from', import.meta.url)
const require = createRequire(import.meta.url)

const cli = findCli()
const stamp = makeStamp()
if (!fs.existsSync(client) || readStamp() !== stamp) generate()

function generate() {
  if (!cli)
    fail(
      'The Prisma client is not generated and the prisma package is not installed.',
      'Run npm install with its development packages.',
    )
  const { status, stdout, stderr, error } = spawnSync(
    process.execPath,
    [cli, 'generate', '--config', 'prisma/prisma.config.ts'],
    {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1' },
    },
  )
  if (status !== 0)
    fail(
      `The Prisma client could not be generated.\n${error?.message ?? stdout + stderr}`,
      'Put prisma/schema.prisma right and try again.',
    )
  fs.writeFileSync(stampFile, stamp)
}

/** The schema and the generator's version: times of files say little after a checkout. */
function makeStamp() {
  const schema = fs.readFileSync(new URL('schema.prisma', import.meta.url))
  const version = cli ? require('prisma/package.json').version : readStamp().split(' ')[1]
  return `${createHash('sha256').update(schema).digest('hex')} ${version}`
}

function readStamp() {
  return fs.existsSync(stampFile) ? fs.readFileSync(stampFile, 'utf8') : ''
}

function findCli() {
  try {
    return require.resolve('prisma/build/index.js')
  } catch {
    return ''
  }
}

/**
 * @param {string} problem
 * @param {string} remedy
 * @returns {never}
 */
function fail(problem, remedy) {
  console.error(`${problem} ${remedy}`)
  process.exit(1)
}
