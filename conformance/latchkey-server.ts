/** Our side: the production build with the reference's settings, and its signing key, for tokens that are genuine but odd. */
import { execFileSync } from 'node:child_process'
import { createPrivateKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import path from 'node:path'
import pg from 'pg'
import { unseal } from '#lib/crypto/sealed'
import { deriveKey } from '#lib/crypto/secrets'
import { startEmbeddedDatabase } from '#lib/store/embedded/embedded-database'
import { startServer } from '../e2e/server-process'
import { root, scratch } from '../e2e/servers'
import type { SharedSettings } from './reference-server'

const AUTH_SECRET = 'signing secret of the differential test, made for it alone'

export interface LatchkeyServer {
  port: number
  privateKey: KeyObject
  kid: string
  act(...words: ['deactivate' | 'delete', email: string]): void
  stop(): Promise<void>
}

export async function startLatchkey({ issuer, rotates }: SharedSettings): Promise<LatchkeyServer> {
  const name = rotates ? 'conformance' : 'conformance-without-rotation'
  const dataDir = path.join(scratch, name)
  // Guesses are not what is compared here. A database of this run's own, also where the other servers share a PostgreSQL.
  const env = {
    ...{ AUTH_SECRET, DATA_DIR: dataDir, RATE_LIMIT_SCALE: '1000000', JWT_ISSUER: issuer, DATABASE_URL: '' },
    ...{ JWT_ROTATE_REFRESH_TOKENS: String(rotates), JWT_BLACKLIST_AFTER_ROTATION: String(rotates) },
  }
  const server = await startServer(name, env)
  const stop = async () => {
    server.kill('SIGTERM')
    await server.exited
  }
  try {
    const manage = (...words: string[]) =>
      void execFileSync(process.execPath, ['--import', 'tsx', 'cli/manage.ts', ...words], {
        cwd: root,
        env: { ...process.env, ...env },
        stdio: 'pipe',
      })
    return {
      port: Number(new URL(server.url).port),
      ...(await signingKey(dataDir)),
      act: (word, email) => manage('user', word, email, ...(word === 'delete' ? ['--yes'] : [])),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

async function signingKey(dataDir: string): Promise<{ kid: string; privateKey: KeyObject }> {
  const embedded = await startEmbeddedDatabase({ dataDir, use: 'share', report: () => {} })
  const client = new pg.Client(embedded.connection)
  await client.connect()
  try {
    const { rows } = await client.query(`SELECT kid, sealed_private FROM signing_keys WHERE state = 'current'`)
    const { kid, sealed_private } = rows[0]
    const jwk = unseal(deriveKey(Buffer.from(AUTH_SECRET), 'seal-signing-keys'), kid, sealed_private)
    return { kid, privateKey: createPrivateKey({ key: JSON.parse(jwk) as JsonWebKey, format: 'jwk' }) }
  } finally {
    await client.end()
    await embedded.close()
  }
}
