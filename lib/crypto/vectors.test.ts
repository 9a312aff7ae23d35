/**
 * TK-14: the test vectors of Wycheproof and of RFC 7520 (vectors/README.md) against the cryptography of the one verify helper.
 * None of them carries our `typ`, so the whole helper refuses all; compact-jws.ts is asked apart, or no vector would prove anything.
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { JWK } from 'jose'
import { describe, expect, test } from 'vitest'
import { parseCompactJws, signedPayload, type TrustedKey } from './compact-jws'
import { openVerifyingKey } from './signing-keys'
import { verifySignature } from './verify-token'

interface Vector {
  tcId: number
  comment: string
  jws: unknown
  result: 'valid' | 'invalid'
}
interface VectorFile<Key> {
  numberOfTests: number
  testGroups: { comment: string; public?: Key; private?: Key; tests: Vector[] }[]
}
type NamedJwk = JWK & { kid: string; alg: string }

const read = (name: string) => JSON.parse(readFileSync(path.join(import.meta.dirname, 'vectors', name), 'utf8'))

/** As the server opens a key of its table, where the algorithm has a column of its own. Null for what is no key of that algorithm. */
const trust = (jwk: JWK, alg: string): Promise<TrustedKey | null> =>
  openVerifyingKey({ kid: jwk.kid ?? '', alg, publicJwk: jwk }).catch(() => null)

const headerOf = (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString()) as { alg: string; kid?: string }

/** What our cryptography says to a token under the key its header names: it holds, it does not, or that key is none. */
async function judge(jws: unknown, keys: JWK[]): Promise<'valid' | 'invalid' | 'no key'> {
  const parsed = parseCompactJws(jws)
  if (!parsed) return 'invalid'
  const header = headerOf(parsed.header)
  const named = new Map(keys.map((jwk) => [jwk.kid, jwk])).get(header.kid)
  if (!named) return 'invalid'
  const key = await trust(named, named.alg ?? header.alg)
  if (!key) return 'no key'
  return (await signedPayload(parsed, key)) ? 'valid' : 'invalid'
}

type Judged = Vector & { ours: string }

async function judgeAll<Key>(file: VectorFile<Key>, keysOf: (key: Key) => JWK[]): Promise<Judged[]> {
  const all = file.testGroups.flatMap((group) => {
    const keys = keysOf((group.public ?? group.private) as Key)
    return group.tests.map(async (vector) => ({ ...vector, ours: await judge(vector.jws, keys) }))
  })
  return Promise.all(all)
}

const numbers = (judged: Judged[], which: (vector: Judged) => boolean) => judged.filter(which).map(({ tcId }) => tcId)
const differs = ({ ours, result }: Judged) => (ours === 'valid') !== (result === 'valid')
const count = (judged: Judged[], result: string) => numbers(judged, (vector) => vector.result === result).length
const listed = (table: Record<string, number[]>) =>
  Object.values(table)
    .flat()
    .sort((a, b) => a - b)

/** All of a file's vectors are judged, these otherwise than there, and none of the rest only because its key could not be opened. */
function checkFile(judged: Judged[], total: number, otherwise: Record<string, number[]>, noKey: number[]) {
  expect(judged).toHaveLength(total)
  expect(numbers(judged, differs)).toEqual(listed(otherwise))
  expect(numbers(judged, ({ ours }) => ours === 'no key')).toEqual(noKey)
}

const title = (judged: Judged[], otherwise: Record<string, number[]>) =>
  `${judged.length} vectors: ${count(judged, 'valid')} valid, ${count(judged, 'invalid')} invalid; ${listed(otherwise).length} are judged otherwise, for a reason`

const signatures: VectorFile<NamedJwk> = read('wycheproof/json_web_signature_test.json')
const signatureVectors = await judgeAll(signatures, (key) => [key])

describe('Wycheproof, json_web_signature_test', () => {
  const otherwise = {
    'refused: the payload is empty, and three parts must be there (TK-4)': [259, 264, 268, 272, 320, 325],
    'refused: a part holds a ?, which only a lenient decoder leaves out (TK-4)': [372, 373],
    'refused: the header says PS384, and the key is for PS256 (TK-6); RFC 7520 below has it with a key for PS384': [
      346, 350,
    ],
    'refused: the key is for ES521, which is no algorithm; RFC 7520 below has it with a key for ES512': [347, 351],
    'taken: the key has use enc; ours come out of our own table, where every key is for signatures': [353, 354],
    'taken: the padding it is about is not in the file, which has the valid token of 357 there': [367, 370],
  }

  test(title(signatureVectors, otherwise), () => {
    // 355 and 356: key_ops without verify.
    checkFile(signatureVectors, signatures.numberOfTests, otherwise, [347, 351, 355, 356])
  })

  test('what two vectors are said to have, padding, is in neither', () => {
    const [valid, ...padded] = [357, 367, 370].map((id) => signatureVectors.find(({ tcId }) => tcId === id)?.jws)
    expect(padded).toEqual([valid, valid])
  })

  test('the whole helper refuses every one, the valid ones for want of our typ', async () => {
    const keys = signatures.testGroups.map(({ public: open, private: secret }) => open ?? secret)
    const trusted = await Promise.all(keys.map(async (jwk) => jwk && (await trust(jwk, jwk.alg ?? ''))))
    const all = new Map(trusted.flatMap((key, i) => (key ? [[keys[i]?.kid ?? '', key] as const] : [])))
    expect(all.size).toBeGreaterThan(5)
    for (const { jws } of signatureVectors) expect(await verifySignature(String(jws), all)).toBeNull()
  })
})

const keySets: VectorFile<{ keys: NamedJwk[] }> = read('wycheproof/json_web_key_test.json')
const keySetVectors = await judgeAll(keySets, ({ keys }) => keys)

describe('Wycheproof, json_web_key_test', () => {
  const otherwise = {
    'taken: HMAC and EC keys in one set; each answers for its own algorithm alone (TK-6), and settings allow no such set (TK-3)':
      [1],
    'taken: an RSA key from a flawed chip; ours are made here': [7],
    'taken: the key has use enc; as above': [21],
  }

  test(title(keySetVectors, otherwise), () => {
    // 6: RSA1_5. 19, 20: algorithms that are none. 22: no point of the curve. 23, 24: of another curve, of another type.
    checkFile(keySetVectors, keySets.numberOfTests, otherwise, [6, 19, 20, 22, 23, 24])
  })
})

interface Example {
  section: string
  title: string
  alg: string
  key: string
  protected: string
  signature: string
  compact: string | null
}
const rfc: { payload: string; keys: Record<string, JWK>; examples: Example[] } = read('rfc7520-jws.json')

describe(`RFC 7520, sections 4.1 to 4.8: ${rfc.examples.length} signatures`, () => {
  const compact = (example: Example) => `${example.protected}.${rfc.payload}.${example.signature}`
  const payloadOf = async (example: Example, token = compact(example)) => {
    const jws = parseCompactJws(token)
    const key = await trust(rfc.keys[example.key] ?? {}, example.alg)
    const payload = jws && key && (await signedPayload(jws, key))
    return payload && Buffer.from(payload).toString('base64url')
  }
  const withHeader = rfc.examples.filter((example) => example.protected !== '')
  const without = rfc.examples.filter((example) => example.protected === '')

  test('eight have a protected header, two have none', () => {
    expect([withHeader.length, without.length]).toEqual([8, 2])
  })

  test.each(withHeader)('$section $title: the signature with $alg holds', async (example) => {
    expect(await payloadOf(example)).toBe(rfc.payload)
  })

  test.each(withHeader)(
    '$section $title: and not over another payload, nor with another algorithm',
    async (example) => {
      const other = `${example.protected}.${rfc.payload.slice(0, -4)}.${example.signature}`
      expect(await payloadOf(example, other)).toBeNull()
      const algorithms = { RSA: ['RS512', 'PS256'], EC: ['ES256', 'ES384'], oct: ['HS384', 'HS512'] }[example.key] ?? []
      expect(algorithms).toHaveLength(2)
      for (const alg of algorithms) expect(await payloadOf({ ...example, alg })).toBeNull()
    },
  )

  test.each(without)('$section $title: without a protected header it is no compact token', async (example) => {
    expect(await payloadOf(example)).toBeNull()
  })

  test('4.5 the token with its payload detached is refused', async () => {
    const [detached] = rfc.examples.filter(({ compact: text }) => text?.includes('..'))
    expect(detached?.section).toBe('4.5')
    expect(await payloadOf(detached as Example, detached?.compact ?? '')).toBeNull()
  })
})
