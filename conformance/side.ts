/** One of the two servers as the cases see it: requests, tokens of its people, and its own signature under whatever a case makes up. */
import { createHmac, createPublicKey, generateKeyPairSync, sign as signBytes, type KeyObject } from 'node:crypto'
import { exchange, type Reply, type Sent } from './wire'

export interface Pair {
  access: string
  refresh: string
}

export interface Person {
  email: string
  username: string
  password: string
}

/** The same people on both sides. */
export const ada: Person = { email: 'ada@example.com', username: 'ada', password: 'seven green bottles' }
export const inactive: Person = { email: 'ida@example.com', username: 'ida', password: 'seven brown bottles' }
export const deleted: Person = { email: 'eda@example.com', username: 'eda', password: 'seven white bottles' }

export type Claims = Record<string, unknown>

export interface Side {
  name: 'reference' | 'latchkey'
  send(sent: Sent): Promise<Reply>
  obtain(person?: Person): Promise<Pair>
  /** Tokens given out while these two could still log in. */
  left: { inactive: Pair; deleted: Pair }
  /** A token with these claims under this side's key; a claim of undefined is left out, a header is added to this side's own. */
  sign(claims: Claims | string, header?: Claims): string
  signWith(how: Signer, claims: Claims, header?: Claims): string
}

/** Without those who have gone. */
export type LoneSide = Omit<Side, 'left'>

/** stranger: another key of the same kind. confused: HS256 with the public key as its secret. none: no signature at all. */
export type Signer = 'stranger' | 'confused' | 'none'

export interface Keys {
  privateKey: KeyObject
  kid?: string
}

export function createSide(name: Side['name'], port: number, keys: Keys): LoneSide {
  const send = (sent: Sent) => exchange(port, sent)
  const own: Claims = { alg: 'ES256', typ: 'JWT', ...(keys.kid ? { kid: keys.kid } : {}) }
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  return {
    name,
    send,
    async obtain(person = ada) {
      const reply = await send(post('/api/token/', { email: person.email, password: person.password }))
      if (reply.status !== 200) throw new Error(`${name} gave ${person.email} no tokens: ${reply.status} ${reply.body}`)
      return JSON.parse(reply.body) as Pair
    },
    sign: (claims, header = {}) => token({ ...own, ...header }, claims, (input) => es256(keys.privateKey, input)),
    signWith(how, claims, header = {}) {
      switch (how) {
        case 'stranger':
          return token({ ...own, ...header }, claims, (input) => es256(stranger, input))
        case 'confused':
          return token({ ...own, alg: 'HS256', ...header }, claims, (input) => hs256(keys.privateKey, input))
        case 'none':
          return token({ ...own, alg: 'none', ...header }, claims, () => Buffer.alloc(0))
      }
    },
  }
}

export async function register(side: Pick<Side, 'send' | 'name'>, person: Person): Promise<void> {
  const reply = await side.send(post('/api/register/', person))
  if (reply.status !== 201) throw new Error(`${side.name} did not register ${person.email}: ${reply.body}`)
}

export function post(path: string, fields: unknown): Sent {
  return { method: 'POST', path, headers: [['Content-Type', 'application/json']], body: JSON.stringify(fields) }
}

export function claimsOf(token: string): Claims {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Claims
}

export const encode = (text: string) => Buffer.from(text).toString('base64url')

function token(header: Claims, claims: Claims | string, sign: (input: string) => Buffer): string {
  const payload = typeof claims === 'string' ? claims : JSON.stringify(claims)
  const input = `${encode(JSON.stringify(header))}.${encode(payload)}`
  return `${input}.${sign(input).toString('base64url')}`
}

function es256(key: KeyObject, input: string): Buffer {
  return signBytes('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' })
}

/** What a verifier does that lets the token choose the algorithm. */
function hs256(key: KeyObject, input: string): Buffer {
  const pem = createPublicKey(key).export({ type: 'spki', format: 'pem' })
  return createHmac('sha256', pem).update(input).digest()
}
