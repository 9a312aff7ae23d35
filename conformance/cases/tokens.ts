/** docs/token-api.md, sections 5 to 7: every kind of token wherever one can be shown, what rotation and logout do, and the header it comes in. */
import { randomBytes } from 'node:crypto'
import type { Case } from '../compare'
import { claimsOf, encode, type Side } from '../side'
import { always, asForm, asJson, bearer, genuine, POSTED, SHOWN, VIEW } from './endpoints'

const DAY = 86_400
const now = () => Math.floor(Date.now() / 1000)

type Kind = 'access' | 'refresh'
type Make = (side: Side, kind: Kind) => Promise<string>

/** A genuine token of either kind with these claims changed; undefined leaves one out. */
const changed =
  (over: () => Record<string, unknown>, header: Record<string, unknown> = {}): Make =>
  async (side, kind) =>
    side.sign({ ...(await genuine(side, kind)), ...over() }, header)

const forged =
  (how: Parameters<Side['signWith']>[0], header: Record<string, unknown> = {}): Make =>
  async (side, kind) =>
    side.signWith(how, await genuine(side, kind), header)

const reshaped =
  (reshape: (token: string) => string): Make =>
  async (side, kind) =>
    reshape((await side.obtain())[kind])

const payload =
  (text: string): Make =>
  async (side) =>
    side.sign(text)

/** Under an id that nobody has blacklisted yet. */
const renamed = (side: Side, token: string) => side.sign({ ...claimsOf(token), jti: randomBytes(16).toString('hex') })

const part = (at: number, change: (part: string) => string) => (token: string) =>
  token
    .split('.')
    .map((text, i) => (i === at ? change(text) : text))
    .join('.')

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
/** Of the last letter of a signature four bits are spare, and zero. */
const nextLetter = (letter: string) => LETTERS.charAt(LETTERS.indexOf(letter) + 1)

const flipped = (text: string) => (text.startsWith('A') ? 'B' : 'A') + text.slice(1)

const KINDS: [string, Make][] = [
  ['good', async (side, kind) => (await side.obtain())[kind]],
  ['signed anew', changed(() => ({}))],
  ['with a claim more', changed(() => ({ more: { a: [1] } }))],
  ['expired', changed(() => ({ iat: now() - 2 * DAY, exp: now() - DAY }))],
  ['expired this second', changed(() => ({ exp: now() }))],
  ['not yet good', changed(() => ({ nbf: now() + DAY }))],
  ['good since long', changed(() => ({ nbf: now() - DAY }))],
  ['issued in the future', changed(() => ({ iat: now() + DAY, exp: now() + 2 * DAY }))],
  ['of no type', changed(() => ({ token_type: undefined }))],
  ['of another type', changed(() => ({ token_type: 'sliding' }))],
  ['whose type is null', changed(() => ({ token_type: null }))],
  ['whose type is a list', changed(() => ({ token_type: ['access', 'refresh'] }))],
  ['whose type is a number', changed(() => ({ token_type: 1 }))],
  ['without exp', changed(() => ({ exp: undefined }))],
  ['whose exp is null', changed(() => ({ exp: null }))],
  ['whose exp is text', changed(() => ({ exp: 'tomorrow' }))],
  ['whose exp is digits as text', changed(() => ({ exp: String(now() + DAY) }))],
  ['whose exp is a fraction', changed(() => ({ exp: now() + 1000.5 }))],
  ['whose exp is huge', changed(() => ({ exp: 1e300 }))],
  ['whose exp is negative', changed(() => ({ exp: -1 }))],
  ['whose exp is zero', changed(() => ({ exp: 0 }))],
  ['whose exp is a list', changed(() => ({ exp: [now() + DAY] }))],
  ['whose exp is true', changed(() => ({ exp: true }))],
  ['whose iat is text', changed(() => ({ iat: 'yesterday' }))],
  ['whose iat is null', changed(() => ({ iat: null }))],
  ['without iat', changed(() => ({ iat: undefined }))],
  ['whose nbf is text', changed(() => ({ nbf: 'soon' }))],
  ['without jti', changed(() => ({ jti: undefined }))],
  ['whose jti is null', changed(() => ({ jti: null }))],
  ['whose jti is a number', changed(() => ({ jti: 7 }))],
  ['whose jti is an object', changed(() => ({ jti: { a: 1 } }))],
  ['whose jti is empty', changed(() => ({ jti: '' }))],
  ['whose jti is long', changed(() => ({ jti: 'f'.repeat(300) }))],
  ['whose jti has a NUL', changed(() => ({ jti: 'a\0b' }))],
  ['without user_id', changed(() => ({ user_id: undefined }))],
  ['whose user_id is null', changed(() => ({ user_id: null }))],
  ['whose user_id is nobody’s', changed(() => ({ user_id: 987654 }))],
  ['whose user_id is text', changed(() => ({ user_id: 'ada' }))],
  ['whose user_id is a list', changed(() => ({ user_id: [1] }))],
  ['whose user_id is huge', changed(() => ({ user_id: 1e30 }))],
  ['whose user_id has a NUL', changed(() => ({ user_id: '\0' }))],
  ['with an audience', changed(() => ({ aud: 'elsewhere' }))],
  ['from another issuer', changed(() => ({ iss: 'https://elsewhere.example' }))],
  ['of the header type at+jwt', changed(() => ({}), { typ: 'at+jwt' })],
  ['without a header type', changed(() => ({}), { typ: undefined })],
  ['with crit', changed(() => ({}), { crit: ['exp'] })],
  ['with a jwk in its header', changed(() => ({}), { jwk: { kty: 'EC' } })],
  ['with a jku in its header', changed(() => ({}), { jku: 'http://127.0.0.1:9/' })],
  ['with an x5u in its header', changed(() => ({}), { x5u: 'http://127.0.0.1:9/' })],
  ['with another kid', changed(() => ({}), { kid: 'elsewhere' })],
  ['with a kid that is a number', changed(() => ({}), { kid: 7 })],
  ['with a kid that is a path', changed(() => ({}), { kid: '../../etc/passwd' })],
  ['named RS256', changed(() => ({}), { alg: 'RS256' })],
  ['named es256', changed(() => ({}), { alg: 'es256' })],
  ['named by a number', changed(() => ({}), { alg: 7 })],
  ['of no algorithm named', changed(() => ({}), { alg: undefined })],
  ['by a stranger', forged('stranger')],
  ['by HS256 with the public key', forged('confused')],
  ['by nobody', forged('none')],
  ['by nobody, named None', forged('none', { alg: 'None' })],
  ['by nobody, named ES256', forged('none', { alg: 'ES256' })],
  ['with another signature', reshaped(part(2, flipped))],
  ['with another payload', reshaped(part(1, () => encode('{"token_type":"access"}')))],
  ['with another header', reshaped(part(0, () => encode('{"alg":"ES256"}')))],
  ['with an empty signature', reshaped(part(2, () => ''))],
  ['with half a signature', reshaped(part(2, (text) => text.slice(0, 43)))],
  ['with a longer signature', reshaped(part(2, (text) => `${text}AAAA`))],
  ['of two parts', reshaped((token) => token.split('.').slice(0, 2).join('.'))],
  ['of four parts', reshaped((token) => `${token}.`)],
  ['with spare bits', reshaped((token) => token.slice(0, -1) + nextLetter(token.slice(-1)))],
  ['with padding', reshaped((token) => `${token}=`)],
  ['with a blank in it', reshaped((token) => `${token.slice(0, 9)} ${token.slice(9)}`)],
  ['with blanks around', reshaped((token) => ` ${token}\t`)],
  ['with a newline in it', reshaped((token) => `${token.slice(0, 9)}\n${token.slice(9)}`)],
  ['in quotes', reshaped((token) => `"${token}"`)],
  ['twice', reshaped((token) => `${token}${token}`)],
  ['with a star in it', reshaped((token) => `${token.slice(0, 9)}*${token.slice(9)}`)],
  ['in capitals', reshaped((token) => token.toUpperCase())],
  ['with the word before it', reshaped((token) => `Bearer ${token}`)],
  ['that is a word', async () => 'nonsense'],
  ['that is dots', async () => '..'],
  ['that is a dot', async () => '.'],
  ['that is null', async () => 'null'],
  ['of other letters', async () => 'ключ.ключ.ключ'],
  ['with an emoji', async () => '\u{1f600}.\u{1f600}.\u{1f600}'],
  ['of 6000 characters', async () => `${'a'.repeat(2000)}.${'b'.repeat(2000)}.${'c'.repeat(1998)}`],
  ['of no claims', payload('{}')],
  ['of a list', payload('[1]')],
  ['of a text', payload('"x"')],
  ['of a number', payload('7')],
  ['of null', payload('null')],
  ['of no JSON', payload('x')],
  ['of nothing', payload('')],
  ['of NaN', payload('{"exp":NaN}')],
  ['of deep nesting', payload(`{"a":${'['.repeat(900)}${']'.repeat(900)}}`)],
  ['of a claim twice', payload('{"exp":1,"exp":99999999999,"token_type":"access"}')],
  ['of __proto__', payload('{"__proto__":{"token_type":"access","exp":99999999999}}')],
  ['whose header is a list', async () => `${encode('[]')}.${encode('{}')}.AAAA`],
  ['whose header is no JSON', async () => `${encode('x')}.${encode('{}')}.AAAA`],
  ['whose header is null', async () => `${encode('null')}.${encode('{}')}.AAAA`],
  ['of the inactive user', async (side, kind) => renamed(side, side.left.inactive[kind])],
  ['of the deleted user', async (side, kind) => renamed(side, side.left.deleted[kind])],
]

const shown: Case[] = KINDS.flatMap(([what, make]) =>
  (['access', 'refresh'] as const).flatMap((kind) =>
    SHOWN.map(({ name, show }) => ({
      name: `token: ${name} of ${kind === 'access' ? 'an access' : 'a refresh'} token ${what}`,
      request: async (side: Side) => show(await make(side, kind)),
    })),
  ),
)

/** What has been done with a pair of tokens before one of them is shown. */
const FATES: [string, (side: Side) => Promise<{ access: string; refresh: string }>][] = [
  [
    'of a login before another',
    async (side) => {
      const first = await side.obtain()
      await side.obtain()
      return first
    },
  ],
  [
    'of a refresh',
    async (side) => {
      const { refresh } = await side.obtain()
      const reply = await side.send(asJson('/api/token/refresh/', { refresh }))
      return JSON.parse(reply.body) as { access: string; refresh: string }
    },
  ],
  [
    'used once',
    async (side) => {
      const pair = await side.obtain()
      await side.send(asJson('/api/token/refresh/', { refresh: pair.refresh }))
      return pair
    },
  ],
  [
    'used twice',
    async (side) => {
      const pair = await side.obtain()
      for (let i = 0; i < 2; i++) await side.send(asJson('/api/token/refresh/', { refresh: pair.refresh }))
      return pair
    },
  ],
  [
    'blacklisted',
    async (side) => {
      const pair = await side.obtain()
      await side.send(asJson('/api/token/blacklist/', { refresh: pair.refresh }))
      return pair
    },
  ],
  [
    'of a refresh whose forerunner came again',
    async (side) => {
      const { refresh } = await side.obtain()
      const reply = await side.send(asJson('/api/token/refresh/', { refresh }))
      await side.send(asJson('/api/token/refresh/', { refresh }))
      return JSON.parse(reply.body) as { access: string; refresh: string }
    },
  ],
  [
    'whose access token was called a refresh token',
    async (side) => {
      const pair = await side.obtain()
      await side.send(asJson('/api/token/blacklist/', { refresh: pair.access }))
      return pair
    },
  ],
]

const fates: Case[] = FATES.flatMap(([what, live]) =>
  (['access', 'refresh'] as const).flatMap((kind) =>
    SHOWN.map(({ name, show }) => ({
      name: `fate: ${name} of ${kind === 'access' ? 'an access' : 'a refresh'} token ${what}`,
      request: async (side: Side) => show((await live(side))[kind]),
    })),
  ),
)

/** T stands for a good access token, R for a good refresh token. */
const HEADERS: string[] = [
  '',
  ' ',
  'Bearer',
  'Bearer ',
  'bearer',
  'Bearer a b',
  'Bearer T T',
  'Bearer T, Bearer T',
  'Bearer T,Bearer T',
  'Bearer T',
  'Bearer  T',
  'Bearer\tT',
  ' Bearer T ',
  'bearer T',
  'BEARER T',
  'Bearer R',
  'Bearer:T',
  'Bearer=T',
  'BearerT',
  'Bearer "T"',
  'Bearer token=T',
  'Basic YTpi',
  'Basic T',
  'JWT T',
  'Token T',
  'T',
  'Digest username="a"',
  'Bearer null',
  'Bearer undefined',
  'Bearer \u00e9',
  'B\u00e9arer T',
  'Bearer\u00a0T',
  'Bearer nonsense',
  'nonsense',
  ',',
  '"',
]

async function filled(side: Side, value: string): Promise<string> {
  const { access, refresh } = await side.obtain()
  return value.replace(/\bT\b|(?<=Bearer)T\b/g, access).replace(/\bR\b/g, refresh)
}

const headers: Case[] = [
  always('authorization: view, none', { path: VIEW }),
  ...HEADERS.map((value) => ({
    name: `authorization: view, ${JSON.stringify(value)}`,
    request: async (side: Side) => bearer(await filled(side, value)),
  })),
  {
    name: 'authorization: view, two headers',
    request: async (side: Side) => {
      const value = `Bearer ${(await side.obtain()).access}`
      return { path: VIEW, headers: [['Authorization', value] as const, ['Authorization', value] as const] }
    },
  },
  ...['Cookie', 'X-Access-Token', 'Proxy-Authorization'].map((name) => ({
    name: `authorization: view, the token in ${name}`,
    request: async (side: Side) => {
      const { access } = await side.obtain()
      const value = name === 'Cookie' ? `access_token=${access}; __Host-access_token=${access}` : `Bearer ${access}`
      return { path: VIEW, headers: [[name, value] as const] }
    },
  })),
  {
    name: 'authorization: view, the token in the query',
    request: async (side: Side) => {
      const { access } = await side.obtain()
      return { path: `${VIEW}?token=${access}&access_token=${access}` }
    },
  },
  ...POSTED.flatMap(({ name, path, fields }) =>
    ['Bearer', 'Bearer a b', 'Bearer nonsense', 'Bearer T', 'Bearer R', 'bearer T', 'Basic YTpi'].map((value) => ({
      name: `authorization: ${name}, ${JSON.stringify(value)}`,
      request: async (side: Side) => ({
        ...asJson(path, fields),
        headers: [['Content-Type', 'application/json'] as const, ['Authorization', await filled(side, value)] as const],
      }),
    })),
  ),
  always('authorization: view, 20 kB', bearer(`Bearer ${'a'.repeat(20_000)}`)),
]

const byForm: Case[] = [
  ['refresh', 'refresh', 'refresh'],
  ['verify', 'token', 'access'],
  ['blacklist', 'refresh', 'refresh'],
].map(([at = '', field = '', kind = '']) => ({
  name: `token: ${at} by form`,
  request: async (side: Side) => asForm(`/api/token/${at}/`, { [field]: (await side.obtain())[kind as Kind] }),
}))

/** A refresh keeps what the login wrote. */
const kept: Case = {
  name: 'token: a refresh keeps every claim but exp, iat and jti',
  async request(side) {
    const { refresh } = await side.obtain()
    const before = claimsOf(refresh)
    const odd = side.sign({ ...before, email: 'as-it-was@example.com', more: 'kept' })
    return asJson('/api/token/refresh/', { refresh: odd })
  },
}

/** The original's access token says that it was issued when the refresh token was. */
const aMinuteOld: Case = {
  name: 'token: refresh of a refresh token a minute old',
  async request(side) {
    const claims = await genuine(side, 'refresh')
    return asJson('/api/token/refresh/', {
      refresh: side.sign({ ...claims, iat: Number(claims.iat) - 60, exp: Number(claims.exp) - 60 }),
    })
  },
}

export const tokens: Case[] = [...shown, ...fates, ...headers, ...byForm, kept, aMinuteOld]
