import { expect, test } from 'vitest'
import { seal, unseal } from './sealed'

const key = Buffer.alloc(32, 1)
const sealed = seal(key, 'row-1', 'a private key')
const [version = '', iv = '', data = ''] = sealed.split('.')

/** The part with one bit of its n-th byte turned. */
const turned = (part: string, at: number) => {
  const bytes = Buffer.from(part, 'base64url')
  bytes[at] = (bytes[at] ?? 0) ^ 1
  return bytes.toString('base64url')
}

test.each(['a private key', '', 'caf\u00e9 \u{1f600}', 'x'.repeat(10_000)])(
  'what was sealed for a row opens for that row',
  (text) => {
    expect(unseal(key, 'row-1', seal(key, 'row-1', text))).toBe(text)
  },
)

test('the sealed form shows nothing of its content and is another each time', () => {
  expect(sealed).toMatch(/^v1\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]+$/)
  expect(Buffer.from(data, 'base64url').toString('latin1')).not.toContain('private')
  expect(seal(key, 'row-1', 'a private key')).not.toBe(sealed)
})

test('KY-1: a value moved to another row does not open there', () => {
  expect(() => unseal(key, 'row-2', sealed)).toThrow()
  expect(() => unseal(key, '', sealed)).toThrow()
})

test('another key does not open it', () => {
  expect(() => unseal(Buffer.alloc(32, 2), 'row-1', sealed)).toThrow()
})

test.each<[string, string]>([
  ['the first byte of the content', `${version}.${iv}.${turned(data, 0)}`],
  ['the last byte of its tag', `${version}.${iv}.${turned(data, Buffer.from(data, 'base64url').length - 1)}`],
  ['the initial vector', `${version}.${turned(iv, 3)}.${data}`],
  ['the version', `v2.${iv}.${data}`],
  ['a shortened tag', `${version}.${iv}.${Buffer.from(data, 'base64url').subarray(0, -4).toString('base64url')}`],
  ['a tag alone', `${version}.${iv}.${Buffer.from(data, 'base64url').subarray(-4).toString('base64url')}`],
  ['no content', `${version}.${iv}.`],
  ['nothing', ''],
  ['the plain text', 'a private key'],
])('a changed value does not open: %s', (_, value) => {
  expect(() => unseal(key, 'row-1', value)).toThrow()
})
