/**
 * Who owns a data directory: a live socket in it, so that a killed owner leaves nothing that has to be trusted. Called by child.mjs only.
 * Every process publishes a socket of its own unique name, already listening, and only then looks at the others'. Of two that start at once the
 * later one to publish sees the earlier; and a name that refuses is dead for good, so unlinking it can never hit a living owner.
 */
import { createHash, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * @typedef {{ host: string, port: number, user: string, database: string, password?: string }} Connection
 * @typedef {{ pid: number, state: 'contending' | 'owner', connection: Connection | null }} Holder pid: of the process a person would end, our parent; connection: null while it is still starting
 * @typedef {{ held: true, self: Holder, release: () => void } | { held: false, owner: Holder | null }} LockResult owner null: alive, but it does not answer
 */

const prefix = 'lock.'
const answerMs = 1000

/**
 * Takes the lock of the current working directory (relative names: a socket's path holds about 100 characters).
 * @returns {Promise<LockResult>}
 */
export async function takeDirectoryLock() {
  /** @type {Holder} */
  const self = { pid: process.ppid, state: 'contending', connection: null }
  return process.platform === 'win32' ? takePipe(self) : takeSocket(self)
}

/**
 * @param {Holder} self
 * @returns {Promise<LockResult>}
 */
async function takeSocket(self) {
  for (;;) {
    const name = `${prefix}${process.pid}.${randomBytes(4).toString('hex')}`
    const server = await publish(self, name)
    const release = () => {
      fs.rmSync(name, { force: true })
      server.close()
    }
    const others = await findOthers(name)
    if (others.length === 0) {
      self.state = 'owner'
      return { held: true, self, release }
    }
    release()
    const owner = others.find((other) => other === null || other.state === 'owner')
    if (owner !== undefined) return { held: false, owner }
    // Only contenders, who may all have seen each other: all step back, for different times.
    await sleep(20 + Math.random() * 200)
  }
}

/**
 * @param {Holder} self
 * @param {string} name
 */
async function publish(self, name) {
  const hidden = `.${name}`
  const server = net.createServer((socket) => {
    socket.on('error', () => {})
    socket.end(JSON.stringify(self))
  })
  await listen(server, hidden)
  // Between bind and listen a socket refuses like a dead one: it gets its public name when it listens.
  fs.renameSync(hidden, name)
  return server
}

/** @param {string} own */
async function findOthers(own) {
  const names = fs.readdirSync('.').filter((name) => name.startsWith(prefix) && name !== own)
  const found = []
  for (const name of names) {
    const answer = await ask(name)
    if (answer === 'dead') fs.rmSync(name, { force: true })
    else found.push(answer)
  }
  return found
}

/**
 * Windows: a named pipe is bound by one process only and goes with it, so it is a lock as it stands.
 * @param {Holder} self
 * @returns {Promise<LockResult>}
 */
async function takePipe(self) {
  const pipe = `\\\\.\\pipe\\latchkey-${createHash('sha256').update(process.cwd().toLowerCase()).digest('hex').slice(0, 32)}`
  const server = net.createServer((socket) => {
    socket.on('error', () => {})
    socket.end(JSON.stringify(self))
  })
  try {
    await listen(server, pipe)
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EADDRINUSE') throw error
    const answer = await ask(pipe)
    return { held: false, owner: answer === 'dead' ? null : answer }
  }
  self.state = 'owner'
  return { held: true, self, release: () => void server.close() }
}

/**
 * 'dead': nobody listens any more. null: somebody lives there and does not answer (stopped, or too busy), which is in use all the same.
 * @param {string} address
 * @returns {Promise<Holder | null | 'dead'>}
 */
function ask(address) {
  return new Promise((resolve) => {
    const socket = net.connect(address)
    let text = ''
    socket.setTimeout(answerMs, () => socket.destroy())
    socket.on('data', (chunk) => (text += chunk))
    socket.on('error', (/** @type {NodeJS.ErrnoException} */ error) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') resolve('dead')
    })
    socket.on('close', () => resolve(parseHolder(text)))
  })
}

/**
 * @param {string} text
 * @returns {Holder | null}
 */
function parseHolder(text) {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/**
 * @param {net.Server} server
 * @param {string} address
 * @returns {Promise<void>}
 */
function listen(server, address) {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(address, () => resolve())
  })
}
