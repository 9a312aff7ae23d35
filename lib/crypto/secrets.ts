/**
 * The two secrets everything rests on, and the keys derived from them (RFC 5869), one for each use (KY-5).
 * The pepper is never derived from AUTH_SECRET: each can be replaced alone.
 */
import { hkdfSync, randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
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
    try {
      // `wx` fails when the file is there: of two starts at once one writes, both read the same.
      writeFileSync(file, randomBytes(32).toString('base64url') + '\n', { mode: 0o600, flag: 'wx' })
      onMade(file)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
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
