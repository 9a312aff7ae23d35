/** Signatures that are none: of another form or length, of numbers out of range, of something else. */
import { generateKeyPairSync } from 'node:crypto'
import { bytes, ecdsa, encode, forge, number, P256_ORDER, type Hostile, type Issuer } from './forge'

const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const wide = generateKeyPairSync('ec', { namedCurve: 'P-384' })

export function badSignatures(claims: object, { header, sign }: Issuer): Hostile[] {
  const good = forge(header, claims, sign)
  const [head = '', body = '', signature = ''] = good.split('.')
  const raw = Buffer.from(signature, 'base64url')
  const half = raw.length / 2
  const [r, s] = [raw.subarray(0, half), raw.subarray(half)]
  const flipped = Buffer.from(raw.map((byte, i) => (i === half ? byte ^ 1 : byte)))
  const other = { ...claims, jti: 'ff'.repeat(16) }
  const signed = (name: string, forged: Buffer): Hostile => [`signature: ${name}`, forge(header, claims, bytes(forged))]
  return [
    signed('one bit changed', flipped),
    signed('truncated by one byte', raw.subarray(0, -1)),
    signed('its first half alone', r),
    signed('one byte longer', Buffer.concat([raw, Buffer.alloc(1)])),
    signed('one byte before it', Buffer.concat([Buffer.alloc(1), raw])),
    signed('twice', Buffer.concat([raw, raw])),
    signed('its halves swapped', Buffer.concat([s, r])),
    signed('one byte', Buffer.alloc(1)),
    signed('all zeros', Buffer.alloc(raw.length)),
    signed('all ones', Buffer.alloc(raw.length, 0xff)),
    signed('2000 bytes', Buffer.alloc(2000, 1)),
    ['signature: of another token', `${head}.${body}.${encode(sign(`${head}.${encode(JSON.stringify(other))}`))}`],
    ['signature: of the payload alone', `${head}.${body}.${encode(sign(body))}`],
    [
      'signature: over a header that was changed since',
      `${encode(JSON.stringify({ kid: header.kid, typ: 'JWT', alg: header.alg }))}.${body}.${signature}`,
    ],
    ['signature: over a payload that was changed since', `${head}.${encode(JSON.stringify(other))}.${signature}`],
    ...(header.alg === 'ES256' ? badEcdsa(claims, header, { r, s }) : []),
  ]
}

function badEcdsa(claims: object, header: Issuer['header'], { r, s }: { r: Buffer; s: Buffer }): Hostile[] {
  const numbers = { 0: number(0n), 1: number(1n), 'n-1': number(P256_ORDER - 1n), n: number(P256_ORDER) }
  const pairs = Object.entries(numbers).flatMap(([nameR, valueR]) =>
    Object.entries(numbers).map(([nameS, valueS]): [string, Buffer] => [
      `r = ${nameR}, s = ${nameS}`,
      Buffer.concat([valueR, valueS]),
    ]),
  )
  const forms: [string, Buffer][] = [
    ...pairs,
    ['r = 0', Buffer.concat([number(0n), s])],
    ['s = 0', Buffer.concat([r, number(0n)])],
    ['r = n', Buffer.concat([number(P256_ORDER), s])],
    ['s = n', Buffer.concat([r, number(P256_ORDER)])],
    // Beyond 256 bits only with a byte more each, as a lenient reader of numbers would have it.
    ['r + n', Buffer.concat([wideNumber(r, P256_ORDER), wideNumber(s, 0n)])],
    ['s + n', Buffer.concat([wideNumber(r, 0n), wideNumber(s, P256_ORDER)])],
    ['r and s with a zero before each', Buffer.concat([wideNumber(r, 0n), wideNumber(s, 0n)])],
  ]
  return [
    ...forms.map(([name, form]): Hostile => [`signature: ${name}`, forge(header, claims, bytes(form))]),
    ['signature: in DER by a stranger', forge(header, claims, ecdsa(stranger.privateKey, 'sha256', 'der'))],
    ['signature: of P-384', forge(header, claims, ecdsa(wide.privateKey, 'sha256'))],
  ]
}

const wideNumber = (value: Buffer, more: bigint) =>
  Buffer.from((BigInt(`0x${value.toString('hex')}`) + more).toString(16).padStart(66, '0'), 'hex')

/** The issuer's own key, but in a form that is not the token's. */
export function strangeForms(claims: object, kid: string, key: Parameters<typeof ecdsa>[0]): Hostile[] {
  const header = { alg: 'ES256', typ: 'JWT', kid }
  return [
    ['signature: in DER', forge(header, claims, ecdsa(key, 'sha256', 'der'))],
    ['signature: over SHA-384', forge(header, claims, ecdsa(key, 'sha384'))],
    ['signature: over SHA-1', forge(header, claims, ecdsa(key, 'sha1'))],
  ]
}
