/**
 * The PostgreSQL protocol in front of PGlite: many connections, one backend. Called by child.mjs only.
 * A connection keeps the backend from the first message of a batch to its Sync, and through a transaction to its end; @electric-sql/pglite-socket
 * hands over between two messages of a batch, so that one client's Bind can meet another's Parse (its issue 1046: wrong rows).
 * Not there, as PGlite has one backend: LISTEN/NOTIFY, cancel requests, COPY from the client, TLS, a session's own SET.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import net from 'node:net'

/**
 * @typedef {{ socket: net.Socket, gone: boolean }} Client
 * @typedef {{ client: Client, messages: Buffer[], endsTurn: boolean }} Job
 * @typedef {import('@electric-sql/pglite').PGlite} PGlite
 */

const protocolMajor = 3
const sslRequest = 80877103
const gssRequest = 80877104
const cancelRequest = 80877102
const longestMessage = 64 * 1024 * 1024
// A client that stops inside a transaction holds everybody up; a real server has idle_in_transaction_session_timeout.
const idleInTransactionMs = 10_000

/**
 * @param {{ db: PGlite, password?: string, onBroken: (error: unknown) => void }} options onBroken: the backend is unusable, end the process
 */
export function createProtocolServer({ db, password, onBroken }) {
  const backend = new Backend(db, onBroken)
  return net.createServer((socket) => serveClient(socket, backend, password))
}

/** Gives the one backend to one connection at a time. */
class Backend {
  /** @type {Job[]} */ #queue = []
  /** @type {Client | null} */ #owner = null
  /** @type {NodeJS.Timeout | undefined} */ #idleTimer
  #running = false
  #batchOpen = false
  #resetDue = false

  /**
   * @param {PGlite} db
   * @param {(error: unknown) => void} onBroken
   */
  constructor(db, onBroken) {
    this.db = db
    this.onBroken = onBroken
  }

  /** @param {Job} job */
  submit(job) {
    this.#queue.push(job)
    void this.#work()
  }

  /** @param {Client} client */
  leave(client) {
    client.gone = true
    this.#queue = this.#queue.filter((job) => job.client !== client)
    this.#resetDue = true
    void this.#work()
  }

  async #work() {
    if (this.#running) return
    this.#running = true
    try {
      await this.#workOff()
      this.#running = false
    } catch (error) {
      // SQL errors are answers; what is thrown here is the WASM itself failing. #running stays true: nothing may run on it any more.
      this.onBroken(error)
    }
  }

  async #workOff() {
    for (;;) {
      if (this.#owner?.gone) await this.#release()
      if (!this.#owner && this.#resetDue) await this.#resetSettings()
      const job = this.#takeNext()
      if (!job) return
      await this.#run(job)
    }
  }

  /** @returns {Job | undefined} */
  #takeNext() {
    const owner = this.#owner
    if (!owner) return this.#queue.shift()
    const index = this.#queue.findIndex((job) => job.client === owner)
    return index < 0 ? undefined : this.#queue.splice(index, 1)[0]
  }

  /** @param {Job} job */
  async #run(job) {
    clearTimeout(this.#idleTimer)
    this.#owner = job.client
    this.#batchOpen = !job.endsTurn
    const { socket } = job.client
    socket.cork()
    // The bytes are a view into WASM memory, overwritten by the next message: copy them.
    for (const message of job.messages) await this.#execute(message, (data) => void socket.write(Buffer.from(data)))
    socket.uncork()
    if (!this.#batchOpen && !this.db.isInTransaction()) this.#owner = null
    else this.#idleTimer = setTimeout(() => socket.destroy(), idleInTransactionMs)
  }

  /** The owner is gone: end its batch and its transaction, as a server does when a connection breaks. */
  async #release() {
    clearTimeout(this.#idleTimer)
    if (this.#batchOpen) await this.#execute(Buffer.from([0x53, 0, 0, 0, 4]))
    if (this.db.isInTransaction()) await this.#execute(simpleQuery('ROLLBACK'))
    this.#batchOpen = false
    this.#owner = null
  }

  /** There is one session for all, so what a psql has SET would stay behind for the server. */
  async #resetSettings() {
    this.#resetDue = false
    await this.#execute(simpleQuery('RESET ALL'))
  }

  /**
   * @param {Buffer} message
   * @param {(data: Uint8Array) => void} [onRawData]
   */
  async #execute(message, onRawData = () => {}) {
    await this.db.runExclusive(() => this.db.execProtocolRawStream(new Uint8Array(message), { onRawData }))
  }
}

/**
 * @param {net.Socket} socket
 * @param {Backend} backend
 * @param {string | undefined} password
 */
function serveClient(socket, backend, password) {
  /** @type {Client} */
  const client = { socket, gone: false }
  /** @type {Buffer} */
  let buffer = Buffer.alloc(0)
  /** @type {Buffer[]} */
  let batch = []
  /** @type {Buffer | null} */
  let startup = null
  let open = false

  /** @param {boolean} endsTurn */
  const submitBatch = (endsTurn) => {
    backend.submit({ client, messages: batch, endsTurn })
    batch = []
  }

  /** @param {Buffer} message */
  const begin = (message) => {
    open = true
    batch.push(message)
    submitBatch(true)
  }

  /** @param {Buffer} message */
  const onStartup = (message) => {
    const code = message.readInt32BE(4)
    if (code === sslRequest || code === gssRequest) return void socket.write('N')
    if (code === cancelRequest || code >> 16 !== protocolMajor) return void socket.end()
    if (password === undefined) return begin(message)
    startup = message
    // AuthenticationCleartextPassword: the connection is loopback only.
    socket.write(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]))
  }

  /**
   * @param {Buffer} message
   * @param {Buffer} startupMessage
   */
  const onPassword = (message, startupMessage) => {
    const given = message.subarray(5, message.length - 1).toString()
    if (message[0] === 0x70 && isSame(given, password ?? '')) return begin(startupMessage)
    socket.end(errorResponse('28P01', 'password authentication failed'))
  }

  /** @param {Buffer} message */
  const onMessage = (message) => {
    const type = String.fromCharCode(message[0] ?? 0)
    if (type === 'X') return void socket.end()
    batch.push(message)
    if (type === 'Q' || type === 'S' || type === 'F') submitBatch(true)
    else if (type === 'H') submitBatch(false)
  }

  /** @param {Buffer} message */
  const dispatch = (message) => {
    if (open) onMessage(message)
    else if (startup) onPassword(message, startup)
    else onStartup(message)
  }

  socket.on('data', (chunk) => {
    buffer = buffer.length ? Buffer.concat([buffer, chunk]) : chunk
    for (;;) {
      // The startup message has no type byte; every later one has.
      const lengthAt = open || startup ? 1 : 0
      if (buffer.length < lengthAt + 4) return
      const end = lengthAt + buffer.readInt32BE(lengthAt)
      if (end < (lengthAt ? 5 : 8) || end > longestMessage) return void socket.destroy()
      if (buffer.length < end) return
      const message = buffer.subarray(0, end)
      buffer = buffer.subarray(end)
      dispatch(message)
    }
  })
  socket.on('error', () => {})
  socket.on('close', () => backend.leave(client))
}

/** @param {string} sql */
function simpleQuery(sql) {
  const message = Buffer.alloc(1 + 4 + Buffer.byteLength(sql) + 1)
  message.write('Q')
  message.writeInt32BE(message.length - 1, 1)
  message.write(sql, 5)
  return message
}

/**
 * @param {string} code
 * @param {string} text
 */
function errorResponse(code, text) {
  const body = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${text}\0\0`)
  const head = Buffer.alloc(5)
  head.write('E')
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

/**
 * @param {string} given
 * @param {string} expected
 */
function isSame(given, expected) {
  // Hashed first: timingSafeEqual wants equal lengths.
  const digest = (/** @type {string} */ text) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}
