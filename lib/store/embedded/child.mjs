/**
 * The embedded PostgreSQL (docs/design.md, section 3): a process of its own that owns the data directory and serves it to pg clients.
 * Forked by embedded-database.ts, by path and with one JSON argument; it says what happens over IPC and ends with its parent.
 * Nobody else may open the directory: PGlite has no lock, and two processes on one directory lose rows in silence.
 */
import { createHash, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { Worker } from 'node:worker_threads'
import { takeDirectoryLock } from './directory-lock.mjs'
import { createProtocolServer } from './protocol-server.mjs'

/**
 * @typedef {import('./directory-lock.mjs').Connection} Connection
 * @typedef {import('./directory-lock.mjs').Holder} Holder
 * @typedef {{ dataDir: string, tmpDir: string, transport: 'unix' | 'tcp', port: number }} ChildOptions port: tcp only; 0 takes a free one
 * @typedef {{ kind: 'creating' } | { kind: 'created' } | { kind: 'ready', connection: Connection } | { kind: 'in-use', owner: Holder | null }
 *   | { kind: 'failed', code: string, message: string }} ChildMessage
 */

const clusterName = 'postgres'
const socketName = '.s.PGSQL.5432'
const maxConnections = 50

/** @type {ChildOptions} */
const options = JSON.parse(process.argv[2] ?? '{}')

/** @type {Array<() => unknown>} */
const closers = []
let ending = false

process.umask(0o077)
// Ctrl-C, and the SIGTERM of a service manager, reach the whole group: the parent ends us when its requests are done.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void (process.connected || end(0)))
// Also after kill -9 of the parent: the kernel closes the channel.
process.on('disconnect', () => void end(0))
watchParent()

try {
  await main()
} catch (error) {
  await fail(error)
}

/** A statement that runs for minutes keeps this thread from noticing anything: a second one looks whether the parent is still ours. */
function watchParent() {
  if (process.platform === 'win32') return
  const source = `const parent = process.ppid
    setInterval(() => process.ppid !== parent && setTimeout(() => process.kill(process.pid, 'SIGKILL'), 5000), 1000)`
  new Worker(source, { eval: true, stdin: false }).unref()
}

async function main() {
  makeDirectory(options.dataDir)
  process.chdir(options.dataDir)
  const lock = await takeDirectoryLock()
  if (!lock.held) return finish({ kind: 'in-use', owner: withPassword(lock.owner) })
  closers.push(lock.release)
  if (!fs.existsSync(path.join(clusterName, 'PG_VERSION'))) {
    await say({ kind: 'creating' })
    await createCluster()
    // Creating takes 850 MB that this process would keep: the parent starts a fresh one.
    return finish({ kind: 'created' })
  }
  const connection = await serve()
  // The lock answers whoever asks; the password is only in its file.
  lock.self.connection = { ...connection, password: undefined }
  await say({ kind: 'ready', connection })
}

/**
 * With its parents, by hand: Node's own recursive mkdir never returns where a parent exists and still says ENOENT (/proc).
 * @param {string} directory
 */
function makeDirectory(directory) {
  if (fs.existsSync(directory) && fs.statSync(directory).isDirectory()) return
  const parent = path.dirname(directory)
  if (!fs.existsSync(parent)) makeDirectory(parent)
  try {
    fs.mkdirSync(directory, { mode: 0o700 })
  } catch (error) {
    // Two that start at once both make it.
    if (!fs.existsSync(directory) || !fs.statSync(directory).isDirectory()) throw error
  }
}

async function createCluster() {
  const unfinished = `${clusterName}.new`
  fs.rmSync(unfinished, { recursive: true, force: true })
  const db = await openCluster(unfinished)
  await db.close()
  // A start that was killed on the way has not left half a directory under the real name.
  fs.renameSync(unfinished, clusterName)
}

/** @param {string} directory */
async function openCluster(directory) {
  const { PGlite } = await import('@electric-sql/pglite')
  // PGlite itself starts with fsync off; so the log at least is written through.
  return PGlite.create(directory, {
    startParams: [...PGlite.defaultStartParams, '-c', 'fsync=on', '-c', 'wal_sync_method=open_datasync'],
  })
}

/** @returns {Promise<Connection>} */
async function serve() {
  const db = await openCluster(clusterName)
  const password = options.transport === 'tcp' ? findOrMakePassword() : undefined
  const server = createProtocolServer({ db, password, onBroken: (error) => void fail(error) })
  server.maxConnections = maxConnections
  closers.unshift(
    () => server.close(),
    () => db.close(),
  )
  const base = { user: 'postgres', database: 'postgres' }
  if (options.transport === 'tcp') return { ...base, ...(await listenOnLoopback(server)), password }
  return { ...base, host: await listenOnSocket(server), port: 5432 }
}

/** @param {import('node:net').Server} server */
async function listenOnSocket(server) {
  const directory = socketDirectory()
  const file = path.join(directory, socketName)
  // We hold the lock, so a socket that lies there is a dead one's.
  fs.rmSync(file, { force: true })
  await new Promise((resolve, reject) => server.once('error', reject).listen(file, () => resolve(null)))
  fs.chmodSync(file, 0o600)
  closers.unshift(() => fs.rmSync(file, { force: true }))
  if (directory !== fs.realpathSync('.')) closers.push(() => fs.rmdirSync(directory))
  return directory
}

/** A socket's path holds about 100 characters: for a longer one a directory of ours under the system's temporary one. */
function socketDirectory() {
  const dataDir = fs.realpathSync('.')
  if (Buffer.byteLength(path.join(dataDir, socketName)) <= 100) return dataDir
  const directory = path.join(
    options.tmpDir,
    `latchkey-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`,
  )
  makeDirectory(directory)
  // Anybody may have made it first, to be the one who is asked for passwords' hashes.
  const found = fs.lstatSync(directory)
  const isOurs = found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0
  if (!isOurs)
    throw Object.assign(new Error(`${directory} belongs to somebody else or is open to others`), {
      code: 'UNSAFE_SOCKET_DIR',
    })
  return directory
}

/**
 * @param {import('node:net').Server} server
 * @returns {Promise<{ host: string, port: number }>}
 */
async function listenOnLoopback(server) {
  const host = '127.0.0.1'
  await new Promise((resolve, reject) => server.once('error', reject).listen(options.port, host, () => resolve(null)))
  const address = server.address()
  if (!address || typeof address === 'string') throw new Error('The database has no port.')
  return { host, port: address.port }
}

/** Every program on the machine can reach a loopback port; the file only its owner. */
function findOrMakePassword() {
  const file = 'database-password'
  if (!fs.existsSync(file)) fs.writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600 })
  return fs.readFileSync(file, 'utf8').trim()
}

/**
 * @param {Holder | null} owner
 * @returns {Holder | null}
 */
function withPassword(owner) {
  if (!owner?.connection || options.transport !== 'tcp') return owner
  return { ...owner, connection: { ...owner.connection, password: findOrMakePassword() } }
}

/** @param {ChildMessage} message */
async function finish(message) {
  await say(message)
  await end(0)
}

/** @param {unknown} error */
async function fail(error) {
  const { code = 'UNKNOWN', message = String(error) } = /** @type {Partial<NodeJS.ErrnoException>} */ (error ?? {})
  await say({ kind: 'failed', code, message })
  await end(1)
}

/**
 * @param {ChildMessage} message
 * @returns {Promise<void>}
 */
function say(message) {
  return new Promise((resolve) => {
    if (!process.connected || !process.send) return resolve()
    process.send(message, () => resolve())
  })
}

/** @param {number} code */
async function end(code) {
  if (ending) return
  ending = true
  // Closing waits for a running statement; a broken backend would let it wait for ever.
  setTimeout(() => process.exit(code), 4000).unref()
  for (const close of closers) {
    try {
      await close()
    } catch {
      // The next one still has to be closed; the log makes up for an unclean end.
    }
  }
  process.exit(code)
}
