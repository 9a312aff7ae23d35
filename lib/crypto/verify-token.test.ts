import { createHmac, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { importJWK, type CryptoKey } from 'jose'
import { describe, expect, test } from 'vitest'
import { verifySignature, type TrustedKey } from './verify-token'

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const wide = generateKeyPairSync('ec', { namedCurve: 'P-384' })
const hmacKey = Buffer.alloc(32, 5)
const KID = 'ours'
const HMAC = 'hmac'
const claims = { sub: 'ada', g: 0 }

const publicJwk = pair.publicKey.export({ format: 'jwk' })
const keys = new Map<string, TrustedKey>([
  [KID, { alg: 'ES256', key: (await importJWK(publicJwk as never, 'ES256')) as CryptoKey }],
  [HMAC, { alg: 'HS256', key: hmacKey }],
])

const encode = (text: string | Buffer) => Buffer.from(text).toString('base64url')
const json = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

type Signer = (input: string) => Buffer
const ecdsa = (key: KeyObject, dsaEncoding: 'ieee-p1363' | 'der' = 'ieee-p1363', hash = 'sha256'): Signer => {
  return (input) => createSign(hash).update(input).sign({ key, dsaEncoding })
}
const hmac =
  (key: Buffer | string): Signer =>
  (input) =>
    createHmac('sha256', key).update(input).digest()
const raw =
  (bytes: Buffer): Signer =>
  () =>
    bytes

/** A compact JWS. Header and payload as text stand there byte for byte. */
function jws(header: unknown, payload: unknown = claims, sign: Signer = ecdsa(pair.privateKey)): string {
  const input = `${encode(json(header))}.${encode(json(payload))}`
  return `${input}.${encode(sign(input))}`
}
const es = (over: object = {}) => ({ alg: 'ES256', typ: 'JWT', kid: KID, ...over })
const hs = (over: object = {}) => ({ alg: 'HS256', typ: 'JWT', kid: HMAC, ...over })
const verify = (token: string) => verifySignature(token, keys)

const good = jws(es())
const [head = '', body = '', signature = ''] = good.split('.')

describe('a genuine token', () => {
  test('gives its payload, whichever trusted key signed it', async () => {
    expect(await verify(good)).toEqual(claims)
    expect(await verify(jws(hs(), claims, hmac(hmacKey)))).toEqual(claims)
  })

  test('of 4096 characters is read, of 4097 it is not', async () => {
    const fill = (length: number) => {
      for (let size = 0; ; size++) {
        const token = jws(es(), { ...claims, fill: 'x'.repeat(size) })
        if (token.length >= length) return token
      }
    }
    const token = fill(4096)
    expect(token).toHaveLength(4096)
    expect(await verify(token)).toMatchObject(claims)
    expect(await verify(fill(4097))).toBeNull()
  })
})

describe('TK-4: one token has one spelling', () => {
  /** The last character with a spare bit set: decoders drop it. */
  const spare = (part: string) => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    return part.slice(0, -1) + alphabet[alphabet.indexOf(part.at(-1) ?? '') + 1]
  }

  test.each<[string, string]>([
    ['nothing', ''],
    ['a blank', ' '],
    ['two dots', '..'],
    ['one part', head],
    ['two parts', `${head}.${body}`],
    ['an empty signature', `${head}.${body}.`],
    ['an empty payload', `${head}..${signature}`],
    ['an empty header', `.${body}.${signature}`],
    ['four parts', `${good}.${signature}`],
    ['five parts, as an encrypted token has', `${good}.a.b`],
    ['a space before', ` ${good}`],
    ['a space behind', `${good} `],
    ['a newline behind', `${good}\n`],
    ['a tab inside', `${head}.${body}\t.${signature}`],
    ['a newline inside', `${head}.\n${body}.${signature}`],
    ['padding', `${good}=`],
    ['two signs of padding', `${good}==`],
    ['padding of the header', `${head}=.${body}.${signature}`],
    ['spare bits in the signature', `${head}.${body}.${spare(signature)}`],
    ['a letter too many', `${good}A`],
    ['base64 in place of base64url', good.replace(/[-_]/g, (c) => (c === '-' ? '+' : '/')) + '+'],
    ['a NUL', `${good}\u0000`],
    ['a letter that only looks alike', `${head}.${body}.\u0410${signature.slice(1)}`],
    ['the scheme before it', `Bearer ${good}`],
    ['quotes around it', `"${good}"`],
    ['percent-encoding', good.replaceAll('.', '%2E')],
    ['two tokens', `${good},${good}`],
    ['a million letters', 'a'.repeat(1_000_000)],
    ['a million dots', '.'.repeat(1_000_000)],
    ['the JSON serialisation', JSON.stringify({ payload: body, protected: head, signature })],
  ])('%s is no token', async (_, token) => expect(await verify(token)).toBeNull())
})

describe('TK-5: the header says alg, typ and kid, and nothing else', () => {
  test.each<[string, unknown]>([
    ['crit', es({ crit: ['exp'] })],
    ['an empty crit', es({ crit: [] })],
    ['b64', es({ b64: false, crit: ['b64'] })],
    ['b64 alone', es({ b64: true })],
    ['jwk', es({ jwk: stranger.publicKey.export({ format: 'jwk' }) })],
    ['jku', es({ jku: 'https://evil.example/jwks.json' })],
    ['x5u', es({ x5u: 'https://evil.example/cert.pem' })],
    ['x5c', es({ x5c: ['MIIB'] })],
    ['x5t', es({ x5t: 'abc' })],
    ['zip', es({ zip: 'DEF' })],
    ['cty', es({ cty: 'JWT' })],
    ['iss', es({ iss: 'x' })],
    ['a member of no name', es({ '': 1 })],
    ['__proto__', `{"alg":"ES256","typ":"JWT","kid":"${KID}","__proto__":{}}`],
    ['no typ', { alg: 'ES256', kid: KID }],
    ['another typ', es({ typ: 'at+jwt' })],
    ['typ in lower case', es({ typ: 'jwt' })],
    ['typ as a list', es({ typ: ['JWT'] })],
    ['no kid', { alg: 'ES256', typ: 'JWT' }],
    ['an empty kid', es({ kid: '' })],
    ['a kid of null', es({ kid: null })],
    ['a kid in a list', es({ kid: [KID] })],
    ['a number as kid', es({ kid: 1 })],
    ['a kid with a path', es({ kid: `../${KID}` })],
    ['a kid with SQL', es({ kid: "' OR 1=1" })],
    ['a kid named like an object’s own property', es({ kid: 'constructor' })],
    ['a list', [es()]],
    ['null', 'null'],
    ['text', '"ES256"'],
    ['no JSON', '{alg:ES256}'],
    ['JSON with more behind it', `${JSON.stringify(es())}x`],
    ['nothing', '{}'],
  ])('a token well signed under %s is refused', async (_, header) => {
    expect(await verify(jws(header))).toBeNull()
  })
})

describe('TK-6: the key decides the algorithm', () => {
  const spki = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const der = pair.publicKey.export({ type: 'spki', format: 'der' })

  test.each<[string, string]>([
    ['alg none without a signature', `${encode(JSON.stringify(es({ alg: 'none' })))}.${body}.`],
    ['alg none with one', jws(es({ alg: 'none' }))],
    ['alg None', jws(es({ alg: 'None' }), claims, raw(Buffer.from('x')))],
    ['alg NONE', jws(es({ alg: 'NONE' }), claims, raw(Buffer.from('x')))],
    ['no alg', jws({ typ: 'JWT', kid: KID })],
    ['alg of null', jws(es({ alg: null }))],
    ['alg in a list', jws(es({ alg: ['ES256'] }))],
    ['alg in lower case', jws(es({ alg: 'es256' }))],
    ['the public key in PEM as an HMAC secret', jws(es({ alg: 'HS256' }), claims, hmac(spki))],
    ['the public key in DER as an HMAC secret', jws(es({ alg: 'HS256' }), claims, hmac(der))],
    [
      'the public key’s x as an HMAC secret',
      jws(es({ alg: 'HS256' }), claims, hmac(Buffer.from(publicJwk.x ?? '', 'base64url'))),
    ],
    ['an empty HMAC secret', jws(es({ alg: 'HS256' }), claims, hmac(''))],
    ['our own HMAC key under the other’s kid', jws(es({ alg: 'HS256' }), claims, hmac(hmacKey))],
    ['our EC key under the HMAC’s kid', jws(hs({ alg: 'ES256' }))],
    [
      'HS512 for HS256',
      jws(hs({ alg: 'HS512' }), claims, (input) => createHmac('sha512', hmacKey).update(input).digest()),
    ],
    ['ES384 with our kid', jws(es({ alg: 'ES384' }), claims, ecdsa(wide.privateKey, 'ieee-p1363', 'sha384'))],
    ['RS256 with our kid', jws(es({ alg: 'RS256' }))],
    ['EdDSA with our kid', jws(es({ alg: 'EdDSA' }))],
    ['an unknown kid', jws(es({ kid: 'other' }))],
    ['the other trusted kid', jws(es({ kid: HMAC }))],
    ['a stranger’s key under our kid', jws(es(), claims, ecdsa(stranger.privateKey))],
    [
      'two kids, ours first, signed by a stranger',
      jws(`{"alg":"ES256","typ":"JWT","kid":"${KID}","kid":"theirs"}`, claims, ecdsa(stranger.privateKey)),
    ],
    [
      'two kids, ours last, signed by a stranger',
      jws(`{"alg":"ES256","typ":"JWT","kid":"theirs","kid":"${KID}"}`, claims, ecdsa(stranger.privateKey)),
    ],
    ['two kids, ours first, signed by us', jws(`{"alg":"ES256","typ":"JWT","kid":"${KID}","kid":"theirs"}`)],
    ['two algs, none last', jws(`{"alg":"ES256","typ":"JWT","kid":"${KID}","alg":"none"}`)],
  ])('%s is refused', async (_, token) => expect(await verify(token)).toBeNull())

  test.each<[string, number, string | null]>([
    ['HS256', 31, null],
    ['HS256', 32, 'ada'],
    ['HS384', 47, null],
    ['HS384', 48, 'ada'],
    ['HS512', 63, null],
    ['HS512', 64, 'ada'],
  ])('TK-3: a secret for %s of %i bytes', async (alg, bytes, subject) => {
    const secret = Buffer.alloc(bytes, 1)
    const hash = `sha${alg.slice(2)}`
    const token = jws(hs({ alg }), claims, (input) => createHmac(hash, secret).update(input).digest())
    const found = await verifySignature(token, new Map([[HMAC, { alg, key: secret }]]))
    expect(found?.sub ?? null).toBe(subject)
  })

  test('without any trusted key nothing verifies', async () => {
    expect(await verifySignature(good, new Map())).toBeNull()
  })
})

describe('the signature', () => {
  const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex')
  const bytes = Buffer.from(signature, 'base64url')

  test.each<[string, Signer]>([
    ['in DER', ecdsa(pair.privateKey, 'der')],
    ['r = s = 0', raw(Buffer.alloc(64))],
    ['r = s = n', raw(Buffer.concat([order, order]))],
    ['r = 0', raw(Buffer.concat([Buffer.alloc(32), bytes.subarray(32)]))],
    ['s = 0', raw(Buffer.concat([bytes.subarray(0, 32), Buffer.alloc(32)]))],
    ['63 bytes', raw(bytes.subarray(0, 63))],
    ['65 bytes', raw(Buffer.concat([bytes, Buffer.alloc(1)]))],
    ['one byte', raw(Buffer.alloc(1))],
    ['on another curve', ecdsa(wide.privateKey)],
    ['over another hash', ecdsa(pair.privateKey, 'ieee-p1363', 'sha384')],
    ['of another token', raw(Buffer.from(jws(es(), { sub: 'eve' }).split('.')[2] ?? '', 'base64url'))],
    ['r and s swapped', raw(Buffer.concat([bytes.subarray(32), bytes.subarray(0, 32)]))],
  ])('%s is refused', async (_, sign) => expect(await verify(jws(es(), claims, sign))).toBeNull())

  test('TK-8: of a changed payload or header does not hold', async () => {
    expect(await verify(`${head}.${encode(JSON.stringify({ sub: 'eve', g: 0 }))}.${signature}`)).toBeNull()
    expect(
      await verify(`${encode(JSON.stringify({ kid: KID, typ: 'JWT', alg: 'ES256' }))}.${body}.${signature}`),
    ).toBeNull()
  })
})

describe('TK-4: the JSON of header and payload has one spelling too', () => {
  const header = JSON.stringify(es())

  test.each<[string, string]>([
    ['a kid twice, the same both times', header.replace('}', `,"kid":"${KID}"}`)],
    ['a kid twice, another one first', header.replace('{', '{"kid":"theirs",')],
    ['an alg twice, none first', header.replace('{', '{"alg":"none",')],
    ['a typ twice', header.replace('{', '{"typ":"JWE",')],
    ['a kid twice, once escaped', header.replace('{', '{"k\\u0069d":"theirs",')],
    ['a blank', header.replace('{', '{ ')],
    ['a newline behind', `${header}\n`],
    ['an escape that need not be', header.replace('ES256', '\\u0045S256')],
    ['a byte order mark', `\ufeff${header}`],
  ])('a header with %s is refused, well signed', async (_, text) => expect(await verify(jws(text))).toBeNull())

  test.each<[string, string]>([
    ['a subject twice', '{"sub":"eve","sub":"ada","g":0}'],
    ['a subject twice, once escaped', '{"s\\u0075b":"eve","sub":"ada","g":0}'],
    ['a name twice, deep inside', '{"sub":"ada","a":[{"b":1,"b":2}]}'],
    ['a number beyond all numbers', '{"sub":"ada","exp":1e999}'],
    ['a number spelled with an exponent', '{"sub":"ada","exp":1e3}'],
    ['a zero below zero', '{"sub":"ada","exp":-0}'],
    ['more digits than a number has', '{"sub":"ada","exp":9007199254740993}'],
    ['a blank', '{"sub": "ada"}'],
    ['a byte order mark', '\ufeff{"sub":"ada"}'],
  ])('a payload with %s is refused, well signed', async (_, text) => expect(await verify(jws(es(), text))).toBeNull())

  test('names in any order, __proto__ among them, and text in any script are what JSON.stringify writes', async () => {
    for (const text of ['{"g":0,"sub":"ada"}', '{"__proto__":{"a":1},"sub":"Ада 🂡"}', '{"1":1,"a":"\\u0007\\ud800"}'])
      expect(JSON.stringify(await verify(jws(es(), text)))).toBe(text)
  })
})

describe('a well-signed payload that is no object of claims', () => {
  test.each<[string, string | Buffer]>([
    ['a list', '[]'],
    ['null', 'null'],
    ['text', '"ada"'],
    ['a number', '1'],
    ['no JSON', '{sub:ada}'],
    ['JSON with more behind it', '{} {}'],
    ['no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['a blank', ' '],
  ])('%s is refused', async (_, payload) => {
    const input = `${head}.${encode(payload)}`
    expect(await verify(`${input}.${encode(ecdsa(pair.privateKey)(input))}`)).toBeNull()
  })

  test('F5: deep JSON throws nothing', async () => {
    const deep = `{"a":${'['.repeat(1400)}${']'.repeat(1400)}}`
    await expect(verify(jws(es(), deep))).resolves.toBeDefined()
    await expect(verify(jws(es(), '['.repeat(2800)))).resolves.toBeNull()
  })

  test('a __proto__ in it reaches no object', async () => {
    const found = await verify(jws(es(), '{"__proto__":{"polluted":true},"sub":"ada"}'))
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    expect(found?.sub).toBe('ada')
  })
})
