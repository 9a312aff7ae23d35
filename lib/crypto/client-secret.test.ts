import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { clientSecrets } from './client-secret'

describe('the secret of a client', () => {
  test('is 256 random bits that no header has to escape, and is kept as its hash', () => {
    const { secret, hash } = clientSecrets.make()
    expect(secret).toMatch(/^latchkey_[\w-]{43}$/)
    expect(encodeURIComponent(secret)).toBe(secret)
    expect(hash).toBe(createHash('sha256').update(secret).digest('base64url'))
    expect(new Set(Array.from({ length: 100 }, () => clientSecrets.make().secret)).size).toBe(100)
  })

  test('matches its own hash and no other', () => {
    const [one, other] = [clientSecrets.make(), clientSecrets.make()]
    expect(clientSecrets.matches(one.secret, one.hash)).toBe(true)
    for (const secret of [other.secret, '', one.secret.slice(0, -1), `${one.secret} `, one.hash, 'x'.repeat(20_000)])
      expect(clientSecrets.matches(secret, one.hash)).toBe(false)
  })

  test('matches nothing where there is no client', () => {
    for (const secret of ['', 'null', clientSecrets.make().secret])
      expect(clientSecrets.matches(secret, null)).toBe(false)
  })
})
