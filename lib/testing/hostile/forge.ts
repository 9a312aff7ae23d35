/** Compact tokens made by hand, with node:crypto and nothing of the product or of jose: what an attacker could write. */
import { createHash, createHmac, createSign, type KeyObject } from 'node:crypto'

export type Signer = (input: string) => Buffer

/** A real key of the server's, and the header its tokens have. */
export interface Issuer {
  header: { alg: string; typ: string; kid: string }
  sign: Signer
  /** What the whole world may know, and use as an HMAC secret. */
  publicKey?: KeyObject
}

/** Under one name what is wrong with the token, and the token. */
export type Hostile = [name: string, token: string]

export const encode = (text: string | Buffer) => Buffer.from(text).toString('base64url')

/** Header and payload as text or bytes stand there as they are. */
export function forge(header: unknown, payload: unknown, sign: Signer): string {
  const input = `${encode(written(header))}.${encode(written(payload))}`
  return `${input}.${encode(sign(input))}`
}

const written = (part: unknown) => (typeof part === 'string' || Buffer.isBuffer(part) ? part : JSON.stringify(part))

export const ecdsa =
  (key: KeyObject, hash = 'sha256', dsaEncoding: 'ieee-p1363' | 'der' = 'ieee-p1363'): Signer =>
  (input) =>
    createSign(hash).update(input).sign({ key, dsaEncoding })

export const rsa =
  (key: KeyObject): Signer =>
  (input) =>
    createSign('sha256').update(input).sign(key)

export const hmac =
  (secret: string | Buffer, hash = 'sha256'): Signer =>
  (input) =>
    createHmac(hash, secret).update(input).digest()

/** The same bytes whatever is signed. */
export const bytes =
  (signature: Buffer | string): Signer =>
  () =>
    Buffer.from(signature)

export const digest: Signer = (input) => createHash('sha256').update(input).digest()

export const es256Issuer = (kid: string, privateKey: KeyObject, publicKey: KeyObject): Issuer => ({
  header: { alg: 'ES256', typ: 'JWT', kid },
  sign: ecdsa(privateKey),
  publicKey,
})

export const hs256Issuer = (kid: string, secret: Buffer): Issuer => ({
  header: { alg: 'HS256', typ: 'JWT', kid },
  sign: hmac(secret),
})

/** The order of P-256. */
export const P256_ORDER = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551')
export const number = (value: bigint) => Buffer.from(value.toString(16).padStart(64, '0'), 'hex')

/** The other signature that holds for the same ES256 token: r and n - s (TK-10). */
export function twin(token: string): string {
  const [head, body, signature = ''] = token.split('.')
  const raw = Buffer.from(signature, 'base64url')
  const s = BigInt(`0x${raw.subarray(32).toString('hex')}`)
  return `${head}.${body}.${encode(Buffer.concat([raw.subarray(0, 32), number(P256_ORDER - s)]))}`
}
