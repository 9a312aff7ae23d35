/** The original: Django REST framework with SimpleJWT, from Debian's packages, under gunicorn on a free loopback port. */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'

// Debian's, which its packages belong to; another python3 may stand before it in the PATH.
const PYTHON = '/usr/bin/python3'
const project = path.join(import.meta.dirname, 'reference')
/** It ends by itself after this, whatever has become of the test. */
const LIFETIME_S = 900

const PACKAGES = 'python3-djangorestframework-simplejwt python3-cryptography gunicorn'

export interface ReferenceServer {
  port: number
  privateKey: KeyObject
  act(...words: ['deactivate' | 'delete', email: string]): void
  stop(): Promise<void>
}

/** What is missing, in a sentence; null when the reference can be started. */
export function whyNoReference(): string | null {
  const imports = 'import django, rest_framework, rest_framework_simplejwt, cryptography, gunicorn'
  const { status } = spawnSync(PYTHON, ['-c', imports])
  return status === 0 ? null : `the original is not installed: apt-get install ${PACKAGES}`
}

/** What both sides are started with. */
export interface SharedSettings {
  /** In the tokens of both, so that another one is refused by both. */
  issuer: string
  /** ROTATE_REFRESH_TOKENS and BLACKLIST_AFTER_ROTATION, which are on or off together here. */
  rotates: boolean
}

export async function startReference({ issuer, rotates }: SharedSettings): Promise<ReferenceServer> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'latchkey-reference-'))
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const env = {
    ...process.env,
    PYTHONDONTWRITEBYTECODE: '1',
    REFERENCE_DIR: directory,
    REFERENCE_ISSUER: issuer,
    REFERENCE_ROTATES: String(rotates),
    REFERENCE_SIGNING_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    REFERENCE_VERIFYING_KEY: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  }
  const act = (...words: string[]) => void execFileSync(PYTHON, ['act.py', ...words], { cwd: project, env })
  act('migrate')
  const port = await freePort()
  const gunicorn = ['-m', 'gunicorn', '--bind', `127.0.0.1:${port}`, '--log-level', 'error', 'wsgi:application']
  const child = spawn('timeout', [String(LIFETIME_S), PYTHON, ...gunicorn], {
    cwd: project,
    env,
    // Django's tracebacks: of some requests the original dies, and that is what is compared.
    stdio: 'ignore',
  })
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()))
  await listens(port, exited)
  return {
    port,
    privateKey,
    act,
    async stop() {
      child.kill('SIGTERM')
      await exited
      fs.rmSync(directory, { recursive: true, force: true })
    },
  }
}

async function listens(port: number, exited: Promise<void>): Promise<void> {
  let over = false
  void exited.then(() => (over = true))
  for (let tries = 0; tries < 300 && !over; tries++) {
    if (await connects(port)) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('The reference server did not start.')
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => resolve(socket.destroy() !== undefined))
    socket.once('error', () => resolve(false))
  })
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = net.createServer()
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo
      server.close(() => resolve(port))
    })
  })
}
