/** Servers that a test starts, kills and starts again by itself, each with a data directory of its own. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import net from 'node:net'
import path from 'node:path'
import { root, scratch } from './servers'

export interface ServerProcess {
  url: string
  pid: number
  /** What it has said so far, both streams. */
  output: () => string
  exited: Promise<number | null>
  kill(signal: NodeJS.Signals): void
}

/** Resolves when the server answers, or when it has ended. `begun` hears of the process at once, to end it whatever happens. */
export async function startServer(
  name: string,
  env: Record<string, string> = {},
  begun = (_: ServerProcess) => {},
): Promise<ServerProcess> {
  const port = env.PORT ?? String(await freePort())
  const common = { TRUSTED_PROXIES: '127.0.0.1', PASSWORD_HASH_COST: '4' }
  const settings = { PORT: port, DATA_DIR: path.join(scratch, name), ...common, ...env }
  const child = spawn(process.execPath, ['cli/serve.mjs', 'start'], {
    cwd: root,
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const server = observe(child, `http://localhost:${port}`)
  begun(server)
  await Promise.race([answers(server.url), server.exited])
  return server
}

function observe(child: ChildProcess, url: string): ServerProcess {
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve))
  return { url, pid: child.pid ?? 0, output: () => output, exited, kill: (signal) => void child.kill(signal) }
}

/** Until any answer comes, for at most a minute. */
export async function answers(url: string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (
      await fetch(`${url}/login`).then(
        () => true,
        () => false,
      )
    )
      return
    await pause(200)
  }
}

/** The embedded database of a server: its only child that runs child.mjs. */
export function databasePid(server: ServerProcess): number | null {
  return processes().find(({ parent, command }) => parent === server.pid && command.includes('child.mjs'))?.pid ?? null
}

export function isRunning(pid: number): boolean {
  return processes().some((process) => process.pid === pid)
}

function processes(): { pid: number; parent: number; command: string }[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat=,args='], { encoding: 'utf8' }).split('\n')
  const rows = lines.map((line) => line.trim().split(/\s+/))
  // A zombie has ended; only its parent has not looked yet.
  const living = rows.filter(([, , state]) => state !== undefined && !state.startsWith('Z'))
  return living.map(([pid, parent, , ...command]) => ({
    pid: Number(pid),
    parent: Number(parent),
    command: command.join(' '),
  }))
}

export async function until(condition: () => boolean | Promise<boolean>, ms = 15_000): Promise<boolean> {
  for (const end = Date.now() + ms; Date.now() < end; await pause(100)) if (await condition()) return true
  return false
}

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = net.createServer()
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo
      server.close(() => resolve(port))
    })
  })
}
