/**
 * One run of child.mjs: forks it, waits for what it says of itself, and can end it.
 * Called by embedded-database.ts, which decides what follows from the answer.
 */
import { fork, type ChildProcess } from 'node:child_process'
import os from 'node:os'
import path from 'node:path'

export interface EmbeddedConnection {
  host: string
  port: number
  user: string
  database: string
  password?: string
}

export interface RunningChild {
  kind: 'ready'
  pid: number | undefined
  connection: EmbeddedConnection
  /** Settles when the process has ended, for whatever reason. */
  exited: Promise<void>
  stop(): Promise<void>
}

export type ChildOutcome =
  | RunningChild
  | { kind: 'created' }
  /** owner null: alive, but it does not answer; connection null: it is still starting, or ending. */
  | { kind: 'in-use'; owner: { pid: number; connection: EmbeddedConnection | null } | null }
  | { kind: 'failed'; code: string; message: string }

type ChildMessage =
  Exclude<ChildOutcome, RunningChild> | { kind: 'creating' } | { kind: 'ready'; connection: EmbeddedConnection }

export interface ChildOptions {
  dataDir: string
  transport: 'unix' | 'tcp'
  port: number
}

const stopPatienceMs = 5000

/** Resolves with the first thing that can be acted on; never rejects. */
export async function runChild(options: ChildOptions, onCreating: () => void): Promise<ChildOutcome> {
  const child = forkChild(options)
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  const outcome = await firstOutcome(child, onCreating)
  // The lock is free, or the next run may have it, only when this one is gone.
  if (outcome.kind !== 'ready') return exited.then(() => outcome)
  return { ...outcome, pid: child.pid, exited, stop: () => stop(child, exited) }
}

function forkChild(options: ChildOptions): ChildProcess {
  const file = path.join(/*turbopackIgnore: true*/ process.cwd(), 'lib/store/embedded/child.mjs')
  return fork(/*turbopackIgnore: true*/ file, [JSON.stringify({ ...options, tmpDir: os.tmpdir() })], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // None of the server's: an inspector's port would be taken twice, and the secrets in its environment are not the database's business.
    execArgv: [],
    env: {} as NodeJS.ProcessEnv,
  })
}

function firstOutcome(child: ChildProcess, onCreating: () => void) {
  return new Promise<Exclude<ChildOutcome, RunningChild> | { kind: 'ready'; connection: EmbeddedConnection }>(
    (resolve) => {
      let lastWords = ''
      child.stderr?.on('data', (chunk: Buffer) => (lastWords = (lastWords + chunk.toString()).slice(-2000)))
      child.on('message', (message) => {
        const said = message as ChildMessage
        if (said.kind === 'creating') onCreating()
        else resolve(said)
      })
      child.once('error', (error) => resolve({ kind: 'failed', code: 'FORK', message: error.message }))
      child.once('exit', (code, signal) => {
        resolve({ kind: 'failed', code: 'EXIT', message: lastWords.trim() || `it ended at once (${signal ?? code})` })
      })
    },
  )
}

async function stop(child: ChildProcess, exited: Promise<void>) {
  if (child.connected) child.disconnect()
  const timer = setTimeout(() => child.kill('SIGKILL'), stopPatienceMs)
  await exited
  clearTimeout(timer)
}
