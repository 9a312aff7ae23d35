/**
 * The connection to PostgreSQL, embedded or real: one Prisma client on one bounded pool. Opened once, by the boot and by the command line.
 * A database that does not answer has to become an error within 5 s (ER-2), never a request that hangs; isUnavailable knows those errors.
 */
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { PrismaClient } from '#lib/store/generated/client'

export interface Database {
  prisma: PrismaClient
  connection: pg.ClientConfig
  /** How many statements it has been sent so far, transactions' BEGIN and COMMIT included. */
  statements(): number
  close(): Promise<void>
}

// Together below 5 s: waiting for a connection, then for its answer. The server's own limit comes first, so that it stops working too.
const connectMs = 2000
const statementMs = 2000
const answerMs = 2200
const timedOut = 'Query read timeout'

/** Connects at the first query. connection: what pg takes, `{ connectionString }` or host, port, user …; its own values win over the limits here. */
export function openDatabase(connection: pg.PoolConfig): Database {
  let count = 0
  class CountingClient extends ImpatientClient {
    override query(...parameters: unknown[]): never {
      count++
      return super.query(...parameters)
    }
  }
  const pool = new pg.Pool({
    max: 10,
    connectionTimeoutMillis: connectMs,
    idleTimeoutMillis: 30_000,
    statement_timeout: statementMs,
    query_timeout: answerMs,
    keepAlive: true,
    ...connection,
    Client: CountingClient,
  })
  // An idle connection that breaks is only dropped; without a listener it would end the process.
  pool.on('error', () => {})
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool),
    errorFormat: 'minimal',
    transactionOptions: { maxWait: 2000, timeout: 4000 },
  })
  return {
    prisma,
    connection,
    statements: () => count,
    async close() {
      await prisma.$disconnect()
      await pool.end()
    },
  }
}

/**
 * Gives up a connection whose answer came too late. Prisma's ROLLBACK would wait behind the late query, time out unsent, and hand the pool a
 * connection with its transaction still open: the next request's writes would be acknowledged in it and lost.
 */
class ImpatientClient extends pg.Client {
  // Prisma uses the promise form alone; the pool's own callback form drops a connection at every error.
  override query(...parameters: unknown[]): never {
    const result: unknown = Reflect.apply(super.query, this, parameters)
    if (result instanceof Promise) result.catch((error: Error) => error.message === timedOut && this.#drop())
    return result as never
  }

  #drop() {
    ;(this as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy()
  }
}

// Prisma: unreachable, too slow, closed, no connection free, a transaction not started or run out of time.
const prismaCodes = new Set(['P1001', 'P1002', 'P1008', 'P1011', 'P1017', 'P2024', 'P2028', 'P2037'])
const adapterKinds = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TlsConnectionError',
  'TooManyConnections',
])
// 08: connection; 53: out of connections, disk, memory; 57: shut down, cancelled by a timeout; 25006, 25P03: a standby, a transaction left idle;
// 40001, 40P01, 55P03: given up for the sake of another transaction, to be tried again.
const sqlStates = /^(08...|53...|57...|25006|25P03|40001|40P01|55P03)$/
const socketCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTCONN',
])
const socketCalls = new Set(['connect', 'read', 'write', 'getaddrinfo'])
// pg and its pool have only words for these.
const words =
  /Connection terminated|Query read timeout|timeout exceeded when trying to connect|timeout expired|connection error and is not queryable|Client was closed|Cannot use a pool after/i

/** Whether the database was unreachable, lost or too slow: the web answers 503 for that, and 500 for every other error. */
export function isUnavailable(error: unknown): boolean {
  return errorChain(error).some(isUnavailableItself)
}

function isUnavailableItself(error: ErrorLike) {
  const code = String(error.code ?? error.originalCode)
  return (
    prismaCodes.has(code) ||
    adapterKinds.has(String(error.kind)) ||
    sqlStates.test(code) ||
    // ENOENT of a file that cannot be opened is not the database. Prisma keeps such a code and drops the rest, but signs with its version.
    (socketCodes.has(code) && (socketCalls.has(String(error.syscall)) || typeof error.clientVersion === 'string')) ||
    words.test(error.message ?? '')
  )
}

interface ErrorLike {
  code?: unknown
  kind?: unknown
  originalCode?: unknown
  syscall?: unknown
  clientVersion?: unknown
  message?: string
  cause?: unknown
  meta?: { driverAdapterError?: unknown }
}

/** Prisma wraps the adapter's error, which wraps pg's: the telling one can be at any depth. */
function errorChain(error: unknown, depth = 0): ErrorLike[] {
  if (typeof error !== 'object' || error === null || depth > 5) return []
  const found = error as ErrorLike
  return [found, ...errorChain(found.cause, depth + 1), ...errorChain(found.meta?.driverAdapterError, depth + 1)]
}
