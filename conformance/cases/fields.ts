/** docs/token-api.md, sections 3 and 4: every field with every kind of value, alone and all at once; addresses, names, logins. */
import type { Case } from '../compare'
import { ada, deleted, inactive, type Person, type Side } from '../side'
import type { Sent } from '../wire'
import { always, asForm, asJson, FORM_TYPE, JSON_TYPE, POSTED, typed } from './endpoints'

/** As they stand in JSON, since JSON can say more than JavaScript. */
const VALUES: [string, string][] = [
  ['null', 'null'],
  ['the empty text', '""'],
  ['spaces only', '"   "'],
  ['other blanks only', '"\\t\\n\\r "'],
  ['a no-break space only', '"\\u00a0\\u2003"'],
  ['a byte order mark only', '"\\ufeff"'],
  ['a zero-width space only', '"\\u200b"'],
  ['a separator of old', '"\\u001c"'],
  ['a next-line character', '"\\u0085"'],
  ['a list', '["a"]'],
  ['an empty list', '[]'],
  ['an object', '{"a":1}'],
  ['an operator', '{"$ne":""}'],
  ['true', 'true'],
  ['false', 'false'],
  ['an integer', '42'],
  ['zero', '0'],
  ['minus zero', '-0'],
  ['a fraction', '1.5'],
  ['a whole fraction', '1.0'],
  ['an exponent', '1e3'],
  ['a long integer', '123456789012345678901234567890'],
  ['a NUL', '"a\\u0000b"'],
  ['a NUL alone', '"\\u0000"'],
  ['a high surrogate', '"a\\ud800"'],
  ['a low surrogate', '"\\udfffa"'],
  ['surrogates the wrong way round', '"\\udc00\\ud800"'],
  ['a pair of surrogates', '"\\ud83d\\ude00"'],
  ['a surrogate and a NUL', '"\\ud800\\u0000"'],
  ['a control character', '"a\\u0007b"'],
  ['a long text', JSON.stringify('x'.repeat(5000))],
  ['markup', '"<b>&amp;</b>"'],
  ['a quote and a backslash', '"\\"\\\\"'],
  ['SQL', `"' OR 1=1 --"`],
]

const fieldValues: Case[] = POSTED.flatMap(({ name, path, fields }) => [
  ...Object.keys(fields).flatMap((field) => [
    always(`field: ${name} ${field} left out`, asJson(path, { ...fields, [field]: undefined })),
    ...VALUES.map(([what, value]) => {
      const rest = Object.entries(fields).map(
        ([key, good]) => `"${key}":${key === field ? value : JSON.stringify(good)}`,
      )
      return always(`field: ${name} ${field} is ${what}`, typed(path, JSON_TYPE, `{${rest.join(',')}}`))
    }),
    ...['', '   ', '\0', 'a\0b', '\u{1f600}', 'null', '[]', '{"a":1}', 'true'].map((text) =>
      always(
        `field: ${name} ${field} is ${JSON.stringify(text)} in a form`,
        asForm(path, { ...fields, [field]: text }),
      ),
    ),
    always(`field: ${name} ${field} in capitals`, {
      ...asJson(
        path,
        Object.fromEntries(
          Object.entries(fields).map(([key, good]) => [key === field ? key.toUpperCase() : key, good]),
        ),
      ),
    }),
  ]),
  ...['null', '[]', '""', 'true', '7'].map((value) =>
    always(
      `field: ${name} all are ${value}`,
      typed(
        path,
        JSON_TYPE,
        `{${Object.keys(fields)
          .map((key) => `"${key}":${value}`)
          .join(',')}}`,
      ),
    ),
  ),
])

const REFUSED_ADDRESSES = [
  'plain',
  'a@',
  '@example.com',
  'a b@example.com',
  'a@b@example.com',
  'a@b',
  'a..b@example.com',
  '.a@example.com',
  'a.@example.com',
  'a@example.com.',
  'a@.example.com',
  'a@example..com',
  'a@example.c',
  'a@-example.com',
  'a@example-.com',
  'é@example.com',
  '"a b"@example.com',
  '"a"@example.com',
  'a@[::1]',
  'a@[256.0.0.1]',
  'a@[127.0.0.1',
  'a@127.0.0.1',
  'a@1.2.3',
  'a@exam_ple.com',
  'a@example.c0m',
  'a@example.1',
  'a@ex ample.com',
  'a\tb@example.com',
  'a@example.com\nBcc: b@example.com',
  'a(b)@example.com',
  'a,b@example.com',
  'a;b@example.com',
  'a<b>@example.com',
  'Ada <a@example.com>',
  'mailto:a@example.com',
  'a@example.com,b@example.com',
  `${'a'.repeat(250)}@example.com`,
  `a@${'b'.repeat(64)}.com`,
  '@',
  'a@localhost.',
]
const ACCEPTED_ADDRESSES = [
  'a+b@example.com',
  "o'neil@example.com",
  'a@localhost',
  'a@LOCALHOST',
  'a@[127.0.0.1]',
  'a@é.com',
  'A.B-C_d@Sub.Example.COM',
  'a!#$%&*/=?^_`{|}~b@example.com',
  'a@xn--9ca.com',
  'a@example.co',
  'a@1example.com',
  'a@ex--ample.com',
  'a@example.museum',
  'a@例え.jp',
  'a@b.例え',
  '1@2.com',
  `${'a'.repeat(60)}@${'b'.repeat(63)}.com`,
]

const USERNAMES = [
  'plain1',
  'with.dots',
  'with@at',
  'with+plus',
  'with-minus',
  'with_under',
  'Étienne',
  'имя',
  '名前',
  '१२३',
  '..',
  '@',
  '-',
  '__proto__',
  'constructor',
  'with space',
  'with/slash',
  'with:colon',
  'with\nnewline',
  'ends in newline\n',
  'null\u200bwidth',
  'smile\u{1f600}',
  '<b>',
  'e\u0301combining',
  'roman\u2163',
  'half\u00bd',
  'super\u00b2',
  'circled\u2460',
  'ﬁligature',
  'a'.repeat(150),
  'a'.repeat(151),
  'é'.repeat(150),
  '\u{20000}'.repeat(150),
  '\u{20000}'.repeat(151),
]

let count = 0
/** Registered by one case only. */
function newcomer(over: Partial<Person>): Person {
  const name = `newcomer${count++}`
  return { email: `${name}@example.com`, username: name, password: 'seven green bottles', ...over }
}

/** The same newcomer on both sides. */
function withNewcomer(over: Partial<Person>, request: (side: Side, person: Person) => Promise<Sent>): Case['request'] {
  const person = newcomer(over)
  return (side) => request(side, person)
}

const registering = (what: string, over: Partial<Person>) =>
  always(`register: ${what}`, asJson('/api/register/', newcomer(over)))

const registrations: Case[] = [
  ...REFUSED_ADDRESSES.map((email) => registering(`address ${JSON.stringify(email)} is none`, { email })),
  ...ACCEPTED_ADDRESSES.map((email) => registering(`address ${JSON.stringify(email)} is one`, { email })),
  ...USERNAMES.map((username) => registering(`username ${JSON.stringify(username)}`, { username })),
  registering('address of 254 characters', { email: address(254) }),
  registering('address of 255 characters', { email: address(255) }),
  registering('address with spaces around', { email: '  spaced@example.com ' }),
  registering('username with spaces around', { username: '  spaced\t' }),
  registering('address taken', { email: ada.email }),
  registering('address taken, in capitals', { email: ada.email.toUpperCase() }),
  registering('address taken, the domain in capitals', { email: 'ada@EXAMPLE.com' }),
  registering('address taken, with spaces around', { email: ` ${ada.email} ` }),
  registering('username taken', { username: ada.username }),
  registering('username taken, in capitals', { username: 'ADA' }),
  registering('address and username taken', { email: ada.email, username: ada.username }),
  registering('address and username taken and the password blank', { ...ada, password: '' }),
  registering('address taken and username no name', { email: ada.email, username: 'no name' }),
  registering('a short password', { password: 'short' }),
  registering('a password of 129 characters', { password: 'seven green '.repeat(11).slice(0, 129) }),
  registering('a password of spaces', { password: '     ' }),
  registering('a password with other letters', { password: 'сім зелених пляшок 😀' }),
  always('register: twice the same', asJson('/api/register/', { ...ada, username: 'ada' })),
  always('register: by form', asForm('/api/register/', { ...newcomer({ email: 'o+form@example.com' }) })),
  always(
    'register: a number for a username',
    typed('/api/register/', JSON_TYPE, '{"email":"n1@example.com","username":4711,"password":"seven green bottles"}'),
  ),
  always(
    'register: a long number for a username',
    typed(
      '/api/register/',
      JSON_TYPE,
      '{"email":"n2@example.com","username":12345678901234567890123,"password":"seven green bottles"}',
    ),
  ),
  always(
    'register: a fraction for a username',
    typed('/api/register/', JSON_TYPE, '{"email":"n3@example.com","username":1.50,"password":"seven green bottles"}'),
  ),
  {
    name: 'register: a long number for a password, then a login with its digits',
    async request(side) {
      const body = '{"email":"n4@example.com","username":"n4","password":98765432109876543210987}'
      await side.send(typed('/api/register/', JSON_TYPE, body))
      return asForm('/api/token/', { email: 'n4@example.com', password: '98765432109876543210987' })
    },
  },
  {
    name: 'register: then log in with the address as typed',
    request: withNewcomer({ email: 'Mixed.Case@Example.COM' }, async (side, person) => {
      await side.send(asJson('/api/register/', person))
      return asJson('/api/token/', { email: 'Mixed.Case@example.com', password: person.password })
    }),
  },
  {
    name: 'register: a password with spaces around, then a login without them',
    request: withNewcomer({ password: '  seven green bottles ' }, async (side, person) => {
      await side.send(asJson('/api/register/', person))
      return asJson('/api/token/', { email: person.email, password: 'seven green bottles' })
    }),
  },
  {
    name: 'register: a password with spaces around, then a login with them',
    request: withNewcomer({ password: '  seven green bottles ' }, async (side, person) => {
      await side.send(asJson('/api/register/', person))
      return asJson('/api/token/', { email: person.email, password: person.password })
    }),
  },
  {
    name: 'register: with is_staff and is_active, then log in',
    request: withNewcomer({}, async (side, person) => {
      await side.send(asJson('/api/register/', { ...person, is_staff: true, is_active: false, roles: ['admin'] }))
      return asJson('/api/token/', { email: person.email, password: person.password })
    }),
  },
]

function address(length: number): string {
  const domain = `${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.com`
  return `${'a'.repeat(length - domain.length - 1)}@${domain}`
}

const obtaining = (what: string, fields: Record<string, unknown>) =>
  always(`obtain: ${what}`, asJson('/api/token/', fields))

const logins: Case[] = [
  obtaining('right', { email: ada.email, password: ada.password }),
  always('obtain: right, by form', asForm('/api/token/', { email: ada.email, password: ada.password })),
  always(
    'obtain: right, by a form as curl sends it',
    typed('/api/token/', FORM_TYPE, 'email=ada%40example.com&password=seven+green+bottles'),
  ),
  obtaining('a wrong password', { email: ada.email, password: 'wrong' }),
  obtaining('an unknown address', { email: 'nobody@example.com', password: ada.password }),
  obtaining('no address', { email: 'no address', password: ada.password }),
  obtaining('a deactivated user', { email: inactive.email, password: inactive.password }),
  obtaining('a deleted user', { email: deleted.email, password: deleted.password }),
  obtaining('the username as the email', { email: ada.username, password: ada.password }),
  obtaining('the key username', { username: ada.username, password: ada.password }),
  obtaining('the key username with the address', { username: ada.email, password: ada.password }),
  obtaining('both keys', { email: ada.email, username: 'x', password: ada.password }),
  obtaining('both keys, the email null', { email: null, username: ada.username, password: ada.password }),
  obtaining('the address in capitals', { email: ada.email.toUpperCase(), password: ada.password }),
  obtaining('the domain in capitals', { email: 'ada@EXAMPLE.com', password: ada.password }),
  obtaining('the address with spaces around', { email: ` ${ada.email}\n`, password: ada.password }),
  obtaining('the password with spaces around', { email: ada.email, password: ` ${ada.password} ` }),
  obtaining('the password in capitals', { email: ada.email, password: ada.password.toUpperCase() }),
  obtaining('a password of 129 characters', { email: ada.email, password: 'x'.repeat(129) }),
  obtaining('a password of 5000 characters', { email: ada.email, password: 'x'.repeat(5000) }),
  obtaining('a password with other letters', { email: ada.email, password: 'пляшок\u{1f600}' }),
]

export const fields: Case[] = [...fieldValues, ...registrations, ...logins]
