import { execFile } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { StartError } from '#lib/core/start-error'
import { deriveKey, secretFromFile, type KeyPurpose } from './secrets'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'latchkey-secrets-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const made: string[] = []
const secret = (name = 'AUTH_SECRET', under = 'secrets') =>
  secretFromFile(path.join(directory, under), name, (file) => made.push(file))

describe('a secret kept in a file', () => {
  test('is made at first use, said so once, and is the same from then on', () => {
    made.length = 0
    const first = secret()
    expect(Buffer.from(first, 'base64url')).toHaveLength(32)
    expect(secret()).toBe(first)
    expect(made).toEqual([path.join(directory, 'secrets', 'AUTH_SECRET')])
  })

  test('each name has its own', () => {
    expect(secret('AUTH_SECRET')).not.toBe(secret('PASSWORD_PEPPER'))
  })

  test('KY-4: is readable by its owner alone, and so is its directory', () => {
    secret()
    expect(statSync(path.join(directory, 'secrets')).mode & 0o777).toBe(0o700)
    expect(statSync(path.join(directory, 'secrets', 'AUTH_SECRET')).mode & 0o777).toBe(0o600)
  })

  test('that others could read is closed to them at the next start', () => {
    const first = secret()
    chmodSync(path.join(directory, 'secrets', 'AUTH_SECRET'), 0o644)
    expect(secret()).toBe(first)
    expect(statSync(path.join(directory, 'secrets', 'AUTH_SECRET')).mode & 0o777).toBe(0o600)
  })

  test('of two processes at once one writes, and both read the same', async () => {
    const script = `import { secretFromFile } from '#lib/crypto/secrets'
      process.stdout.write(secretFromFile(${JSON.stringify(path.join(directory, 'secrets'))}, 'AUTH_SECRET', () => {}))`
    const program = ['--import', 'tsx', '--input-type=module', '--eval', script]
    const runs = await Promise.all([1, 2].map(() => promisify(execFile)(process.execPath, program)))
    const [one, other] = runs.map(({ stdout }) => stdout)
    expect(one).toHaveLength(43)
    expect(other).toBe(one)
    expect(readFileSync(path.join(directory, 'secrets', 'AUTH_SECRET'), 'utf8').trim()).toBe(one)
  })

  test('that cannot be made stops the start, names the file and says what to do', () => {
    writeFileSync(path.join(directory, 'taken'), '')
    const attempt = () => secret('AUTH_SECRET', 'taken')
    expect(attempt).toThrow(StartError)
    expect(attempt).toThrow(/taken.*DATA_DIR/s)
    expect(readdirSync(directory)).toEqual(['taken'])
  })
})

describe('KY-5: the keys derived from AUTH_SECRET', () => {
  const purposes: KeyPurpose[] = ['seal-signing-keys', 'browser-refresh', 'throttle', 'audit-identifier']
  const key = Buffer.alloc(32, 1)

  test('are 32 bytes, the same for the same secret, and one for each purpose', () => {
    const keys = purposes.map((purpose) => deriveKey(key, purpose))
    expect(keys.map(({ length }) => length)).toEqual([32, 32, 32, 32])
    expect(new Set(keys.map((derived) => derived.toString('hex'))).size).toBe(4)
    expect(deriveKey(key, 'throttle')).toEqual(deriveKey(Buffer.alloc(32, 1), 'throttle'))
  })

  test('differ from secret to secret and are none of it', () => {
    for (const purpose of purposes) {
      expect(deriveKey(key, purpose)).not.toEqual(deriveKey(Buffer.alloc(32, 2), purpose))
      expect(deriveKey(key, purpose)).not.toEqual(key)
    }
  })
})
