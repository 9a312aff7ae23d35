/**
 * The two secrets everything rests on, and the keys derived from them (RFC 5869), one for each use (KY-5).
 * The pepper is never derived from AUTH_SECRET: each can be replaced alone.
 */
import { hkdfSync, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { StartError } from '#lib/core/start-error'

export type KeyPurpose = 'seal-signing-keys' | 'browser-refresh' | 'throttle' | 'audit-identifier' | 'sign-hmac'

/** So many bytes for one purpose, the same for the same secret. */
export function deriveKey(authSecret: Buffer, purpose: KeyPurpose, bytes = 32): Buffer {
  return Buffer.from(hkdfSync('sha256', authSecret, 'latchkey/v1', purpose, bytes))
}

/** The secret kept in the file, made on first use: 32 random bytes, readable by its owner alone. */
export function secretFromFile(directory: string, name: string, onMade: (file: string) => void): string {
  const file = path.join(directory, name)
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    if (!existsSync(file) && makeWhole(file)) onMade(file)
    chmodSync(file, 0o600)
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error'
    throw new StartError(
      `The secret file ${file} cannot be read or made (${code}).`,
      'Make the directory writable for the user that runs Latchkey, or set DATA_DIR to one that is.',
      { cause: error },
    )
  }
}

/**
 * Whether this call made it. The file appears with its secret in it, never empty: a second start may look at any moment. Of two at once
 * the link of one succeeds, and both read the same.
 */
function makeWhole(file: string): boolean {
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  try {
    writeFileSync(draft, randomBytes(32).toString('base64url') + '\n', { mode: 0o600, flag: 'wx' })
    linkSync(draft, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return false
  } finally {
    rmSync(draft, { force: true })
  }
}
