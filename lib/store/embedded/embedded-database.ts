/**
 * The embedded PostgreSQL as the server and the command line see it (docs/design.md, section 3): started, shared, kept alive, closed.
 * The work is done by child.mjs in a process of its own; this side starts it again when it dies, and has the words for what goes wrong.
 */
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { StartError } from '#lib/core/start-error'
import {
  runChild,
  type ChildOptions,
  type ChildOutcome,
  type EmbeddedConnection,
  type RunningChild,
} from '#lib/store/embedded/child-process'

export interface EmbeddedDatabase {
  connection: EmbeddedConnection
  /** Ends the database if it is ours; leaves another process's alone. */
  close(): Promise<void>
}

export interface EmbeddedDatabaseOptions {
  dataDir: string
  /** own (the server): refuses a directory that another process has. share (the command line): uses that process's database. */
  use: 'own' | 'share'
  report: (line: string) => void
  /** unix wherever there are Unix sockets; tcp is loopback and a password. */
  transport?: 'unix' | 'tcp'
}

type Refusal = Exclude<ChildOutcome, RunningChild | { kind: 'created' }>

// An owner that is just ending (a restart) is waited for; one that is just starting may be creating the directory.
const endingOwnerMs = 6000
const startingOwnerMs = 60_000
const askAgainMs = 250
const firstPauseMs = 100
const longestPauseMs = 2000
const failingMs = 30_000
const rarePauseMs = 30_000

/** Resolves when the database answers. Throws StartError for what a person has to put right. */
export async function startEmbeddedDatabase(options: EmbeddedDatabaseOptions): Promise<EmbeddedDatabase> {
  const childOptions: ChildOptions = {
    dataDir: path.resolve(/*turbopackIgnore: true*/ options.dataDir),
    transport: options.transport ?? (process.platform === 'win32' ? 'tcp' : 'unix'),
    port: 0,
  }
  const first = await openOrShare(childOptions, options)
  if (first.kind === 'shared') return { connection: first.connection, close: async () => {} }
  return supervise(first, childOptions, options.report)
}

async function openOrShare(childOptions: ChildOptions, { use, report }: EmbeddedDatabaseOptions) {
  const startedAt = performance.now()
  for (;;) {
    const outcome = await openCreated(childOptions, report)
    if (outcome.kind === 'ready') return outcome
    if (outcome.kind === 'failed') throw startError(outcome, childOptions.dataDir)
    const connection = outcome.owner?.connection
    if (use === 'share' && connection) return { kind: 'shared' as const, connection }
    const patienceMs = use === 'share' && outcome.owner ? startingOwnerMs : endingOwnerMs
    if (performance.now() - startedAt > patienceMs) throw startError(outcome, childOptions.dataDir)
    await sleep(askAgainMs)
  }
}

/** One try; a new directory takes two runs of the child (the first keeps the memory that creating took). */
async function openCreated(childOptions: ChildOptions, report: (line: string) => void) {
  const onCreating = () => report(`Creating the database in ${shortPath(childOptions.dataDir)} (once, some seconds) …`)
  const outcome = await runChild(childOptions, onCreating)
  if (outcome.kind !== 'created') return outcome
  const second = await runChild(childOptions, onCreating)
  if (second.kind === 'created')
    return { kind: 'failed' as const, code: 'UNKNOWN', message: 'the directory it made is gone again' }
  return second
}

function supervise(first: RunningChild, childOptions: ChildOptions, report: (line: string) => void): EmbeddedDatabase {
  let current = first
  const closing = new AbortController()

  const keepAlive = async () => {
    for (;;) {
      await current.exited
      if (closing.signal.aborted) return
      report('The embedded database ended unexpectedly; starting it again.')
      const next = await revive({ ...childOptions, port: first.connection.port }, report, closing.signal)
      if (!next) return
      current = next
      report('The embedded database is back.')
      // Closed while this one was starting: close() has only seen its predecessor.
      if (closing.signal.aborted) return current.stop()
    }
  }

  const ended = keepAlive()
  return {
    connection: first.connection,
    async close() {
      closing.abort()
      await current.stop()
      await ended
    },
  }
}

/** Tries until it is back; null when we are closing. A database that stays away must not end the server, which answers 503 meanwhile. */
async function revive(childOptions: ChildOptions, report: (line: string) => void, closing: AbortSignal) {
  const failingSince = performance.now()
  let pauseMs = firstPauseMs
  while (!closing.aborted) {
    const outcome = await openCreated(childOptions, report)
    if (outcome.kind === 'ready') return outcome
    if (performance.now() - failingSince > failingMs && pauseMs < rarePauseMs) {
      report(
        `${startError(outcome, childOptions.dataDir).message} Requests that need the database get 503; trying again twice a minute.`,
      )
      pauseMs = rarePauseMs
    }
    await sleep(pauseMs, undefined, { signal: closing }).catch(() => {})
    if (pauseMs < rarePauseMs) pauseMs = Math.min(pauseMs * 2, longestPauseMs)
  }
  return null
}

function startError(refusal: Refusal, dataDir: string): StartError {
  const dir = shortPath(dataDir)
  if (refusal.kind === 'in-use') {
    const who = refusal.owner ? `process ${refusal.owner.pid}` : 'another process'
    return new StartError(
      `The data directory ${dir} is in use by ${who}.`,
      'Stop that process, or give this one another directory with DATA_DIR, or set DATABASE_URL to a PostgreSQL server that both can use.',
    )
  }
  const { code, message } = refusal
  if (['EACCES', 'EPERM', 'EROFS'].includes(code) || (code === 'ENOENT' && message.includes('mkdir'))) {
    return new StartError(
      `The data directory ${dir} cannot be written (${code}).`,
      'Give this user the right to write there, or set DATA_DIR to another directory.',
    )
  }
  if (code === 'ENOTDIR' || code === 'EEXIST') {
    return new StartError(
      `The data directory ${dir} cannot be made: a file is in the way (${code}).`,
      'Move that file, or set DATA_DIR to another directory.',
    )
  }
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new StartError(
      `The disk that holds ${dir} is full (${code}).`,
      'Make room, or set DATA_DIR to a directory on another disk.',
    )
  }
  if (code === 'ENOTSUP' || code === 'EOPNOTSUPP') {
    return new StartError(
      `The disk that holds ${dir} knows no Unix sockets (${code}).`,
      'Set DATA_DIR to a directory on a local disk.',
    )
  }
  if (code === 'UNSAFE_SOCKET_DIR') {
    return new StartError(
      `The directory for the database's socket is not safe: ${message}.`,
      'Set DATA_DIR to a shorter path, or remove that directory.',
    )
  }
  return new StartError(
    `The embedded database in ${dir} does not start: ${message.split('\n')[0]}.`,
    'Start again; if it stays so, restore a backup into an empty DATA_DIR, or set DATABASE_URL to a PostgreSQL server.',
  )
}

function shortPath(directory: string) {
  const relative = path.relative(/*turbopackIgnore: true*/ process.cwd(), directory)
  return relative && !relative.startsWith('..') && !path.isAbsolute(relative) ? relative : directory
}
