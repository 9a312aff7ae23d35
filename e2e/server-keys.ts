/** The real keys of a running test server, opened as it opens them itself: from its database with the secret in its data directory. */
import { createPrivateKey, createPublicKey, type JsonWebKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { unseal } from '../lib/crypto/sealed'
import { deriveKey } from '../lib/crypto/secrets'
import { startEmbeddedDatabase } from '../lib/store/embedded/embedded-database'
import type { RealKeys } from '../lib/testing/hostile/hostile-tokens'
import { standard } from './servers'

export async function serverKeys({ env } = standard): Promise<RealKeys> {
  const dataDir = env.DATA_DIR ?? ''
  const secret = Buffer.from(env.AUTH_SECRET ?? readFileSync(path.join(dataDir, 'secrets/AUTH_SECRET'), 'utf8').trim())
  const { kid, sealed_private: sealed } = await currentKey(env.DATABASE_URL, dataDir)
  const jwk = JSON.parse(unseal(deriveKey(secret, 'seal-signing-keys'), kid, sealed)) as JsonWebKey
  const privateKey = createPrivateKey({ key: jwk, format: 'jwk' })
  return {
    kid,
    privateKey,
    publicKey: createPublicKey(privateKey),
    browserRefreshKey: deriveKey(secret, 'browser-refresh'),
  }
}

async function currentKey(url: string | undefined, dataDir: string): Promise<{ kid: string; sealed_private: string }> {
  const connection = url
    ? { connectionString: url }
    : (await startEmbeddedDatabase({ dataDir, use: 'share', report: () => {} })).connection
  const client = new pg.Client(connection)
  await client.connect()
  try {
    const { rows } = await client.query("SELECT kid, sealed_private FROM signing_keys WHERE state = 'current'")
    return rows[0]
  } finally {
    await client.end()
  }
}
