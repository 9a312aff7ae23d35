/** docs/token-api.md, section 2.1: what a body may be, at every endpoint. */
import type { Case } from '../compare'
import { always, asForm, asJson, FORM_TYPE, JSON_TYPE, POSTED, typed, type Posted } from './endpoints'

const OTHER_TYPES = [
  'text/plain',
  'text/plain; charset=utf-8',
  'text/json',
  'application/xml',
  'application/jsonx',
  'application/vnd.api+json',
  'application/octet-stream',
  'application/jwt',
  'application',
  'x',
  'x y z',
  '/',
  'application/',
  '/json',
  'text/plain;',
  'text/"quoted"',
  'application/json, text/plain',
  'application/json text/plain',
]
const WILDCARD_TYPES = ['*/*', 'application/*', '*/json']
const JSON_TYPES = [
  JSON_TYPE,
  'Application/JSON',
  'APPLICATION/JSON',
  'application/json; charset=utf-8',
  'application/json;charset=UTF-8',
  'application/json;',
  'application/json ; charset="utf-8"',
  'application/json; charset=utf8',
  'application/json; charset=nonsense',
  'application/json; a=b; c',
  'application/json; q=0',
]
const FORM_TYPES = [FORM_TYPE, FORM_TYPE.toUpperCase(), `${FORM_TYPE}; charset=utf-8`, `${FORM_TYPE};`]

/** [what, body] */
const NO_JSON: [string, string | Buffer][] = [
  ['half an object', '{"email":'],
  ['single quotes', "{'email':'a'}"],
  ['a comma too many', '{"email":"a",}'],
  ['more behind it', '{} {}'],
  ['two of them', '{}{}'],
  ['a comment', '{} // x'],
  ['a bare word', 'email'],
  ['no quotes around a key', '{email:"a"}'],
  ['NaN', '{"email":NaN}'],
  ['NaN alone', 'NaN'],
  ['Infinity', '{"email":Infinity}'],
  ['minus Infinity', '{"email":-Infinity}'],
  ['blanks only', '  '],
  ['a form', 'email=a&password=b'],
  ['a number with a leading zero', '{"email":01}'],
  ['a number with a plus', '{"email":+1}'],
  ['a number that ends in a point', '{"email":1.}'],
  ['hexadecimal', '{"email":0x10}'],
  ['a newline in a text', '{"email":"a\nb"}'],
  ['a NUL in a text', '{"email":"a\0b"}'],
  ['a NUL behind it', '{}\0'],
  ['an escape that is none', '{"email":"\\x41"}'],
  ['half an escape', '{"email":"\\u00"}'],
  ['a byte order mark', '\ufeff{}'],
  ['no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
  ['a letter cut in two', Buffer.from([0x22, 0xc3, 0x22])],
  ['a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
  ['an overlong slash', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
  ['UTF-16', Buffer.from('\ufeff{}', 'utf16le')],
  ['nesting that never ends', '['.repeat(300)],
]
const NO_OBJECT: [string, string][] = [
  ['a list', '[]'],
  ['a list of an object', '[{"email":"a"}]'],
  ['a text', '"email"'],
  ['the empty text', '""'],
  ['an integer', '1'],
  ['zero', '0'],
  ['a negative integer', '-5'],
  ['a fraction', '1.5'],
  ['a whole fraction', '1.0'],
  ['an exponent', '1e3'],
  ['a large exponent', '1e999'],
  ['true', 'true'],
  ['false', 'false'],
  ['null', 'null'],
  ['null in blanks', ' null\n'],
]

function forEach({ name, path, fields }: Posted): Case[] {
  const json = JSON.stringify(fields)
  const form = new URLSearchParams(fields).toString()
  const part = (key: string, value: string, more = '') =>
    `--latchkey-0f3a\r\nContent-Disposition: form-data; name="${key}"${more}\r\n\r\n${value}\r\n`
  const parts = Object.entries(fields).map(([key, value]) => part(key, value))
  const multipart = (boundary: string) => `multipart/form-data${boundary}`
  const first = Object.keys(fields)[0] ?? ''
  return [
    ...JSON_TYPES.map((type) => always(`body: ${name}, JSON as ${type}`, typed(path, type, json))),
    ...FORM_TYPES.map((type) => always(`body: ${name}, a form as ${type}`, typed(path, type, form))),
    ...OTHER_TYPES.map((type) => always(`body: ${name}, another type, ${type}`, typed(path, type, json))),
    ...WILDCARD_TYPES.map((type) => always(`body: ${name}, a wildcard for a type, ${type}`, typed(path, type, json))),
    always(`body: ${name}, no content type`, typed(path, null, json)),
    always(`body: ${name}, an empty content type`, typed(path, '', json)),
    always(`body: ${name}, a form with no content type`, typed(path, null, form)),
    ...NO_JSON.map(([what, body]) => always(`body: ${name}, no JSON: ${what}`, typed(path, JSON_TYPE, body))),
    ...NO_OBJECT.map(([what, body]) => always(`body: ${name}, no object: ${what}`, typed(path, JSON_TYPE, body))),
    ...[JSON_TYPE, FORM_TYPE, 'text/plain', multipart('; boundary=latchkey-0f3a'), null].map((type) =>
      always(`body: ${name}, empty, as ${type}`, typed(path, type, '')),
    ),
    always(`body: ${name}, none at all`, { method: 'POST', path }),
    always(`body: ${name}, none at all, as JSON`, { method: 'POST', path, headers: [['Content-Type', JSON_TYPE]] }),
    always(`body: ${name}, an empty object`, asJson(path, {})),
    always(`body: ${name}, credentials in the query`, { method: 'POST', path: `${path}?${form}` }),
    always(`body: ${name}, other keys too`, asJson(path, { ...fields, is_staff: true, roles: ['admin'], id: 1 })),
    always(`body: ${name}, __proto__`, typed(path, JSON_TYPE, `{"__proto__":${json}}`)),
    always(`body: ${name}, constructor`, typed(path, JSON_TYPE, `{"constructor":{"prototype":${json}}}`)),
    always(`body: ${name}, __proto__ in a form`, asForm(path, { ...fields, __proto__: 'x', toString: 'y' })),
    always(`body: ${name}, a key twice in JSON`, typed(path, JSON_TYPE, `{"${first}":null,${json.slice(1)}`)),
    always(
      `body: ${name}, a key twice in JSON, the good one first`,
      typed(path, JSON_TYPE, `${json.slice(0, -1)},"${first}":null}`),
    ),
    always(`body: ${name}, a key twice in a form`, typed(path, FORM_TYPE, `${first}=&${form}`)),
    always(`body: ${name}, a key twice in a form, the good one first`, typed(path, FORM_TYPE, `${form}&${first}=`)),
    always(
      `body: ${name}, multipart`,
      typed(path, multipart('; boundary=latchkey-0f3a'), `${parts.join('')}--latchkey-0f3a--\r\n`),
    ),
    always(
      `body: ${name}, multipart with a quoted boundary`,
      typed(path, multipart('; boundary="latchkey-0f3a"'), `${parts.join('')}--latchkey-0f3a--\r\n`),
    ),
    always(
      `body: ${name}, multipart in capitals`,
      typed(path, 'Multipart/Form-Data; boundary=latchkey-0f3a', `${parts.join('')}--latchkey-0f3a--\r\n`),
    ),
    always(
      `body: ${name}, multipart with a key twice`,
      typed(path, multipart('; boundary=latchkey-0f3a'), `${part(first, '')}${parts.join('')}--latchkey-0f3a--\r\n`),
    ),
    always(
      `body: ${name}, multipart with a file`,
      typed(
        path,
        multipart('; boundary=latchkey-0f3a'),
        `${parts.slice(1).join('')}${part(first, 'x', '; filename="a.txt"\r\nContent-Type: text/plain')}--latchkey-0f3a--\r\n`,
      ),
    ),
    ...['', ';', '; boundary=', '; charset=utf-8'].map((boundary) =>
      always(
        `body: ${name}, multipart without its boundary, ${boundary}`,
        typed(path, multipart(boundary), `${parts.join('')}--latchkey-0f3a--\r\n`),
      ),
    ),
    always(
      `body: ${name}, multipart with another boundary`,
      typed(path, multipart('; boundary=other'), `${parts.join('')}--latchkey-0f3a--\r\n`),
    ),
    always(`body: ${name}, multipart cut short`, typed(path, multipart('; boundary=latchkey-0f3a'), parts.join(''))),
    always(`body: ${name}, odd escapes in a form`, typed(path, FORM_TYPE, `${first}=%zz%&%=1&&=&=x&${first}`)),
    always(`body: ${name}, no UTF-8 in a form`, typed(path, FORM_TYPE, `${first}=%ff%fe`)),
    always(
      `body: ${name}, deep nesting in a field`,
      typed(path, JSON_TYPE, `{"${first}":${'['.repeat(7000)}${']'.repeat(7000)}}`),
    ),
    always(
      `body: ${name}, deep nesting of objects`,
      typed(path, JSON_TYPE, `${'{"a":'.repeat(2500)}1${'}'.repeat(2500)}`),
    ),
    always(`body: ${name}, deep nesting of a list`, typed(path, JSON_TYPE, `${'['.repeat(7000)}${']'.repeat(7000)}`)),
    always(
      `body: ${name}, nesting that is not deep`,
      typed(path, JSON_TYPE, `{"${first}":${'['.repeat(60)}${']'.repeat(60)}}`),
    ),
    always(`body: ${name}, in chunks`, { ...asJson(path, fields), chunked: 7 }),
    always(`body: ${name}, an empty one in chunks`, { ...typed(path, JSON_TYPE, ''), chunked: 7 }),
    always(`body: ${name}, over 16 kB`, asJson(path, { ...fields, more: 'x'.repeat(17_000) })),
    always(`body: ${name}, over 16 kB, of another type`, typed(path, 'text/plain', 'x'.repeat(17_000))),
    always(`body: ${name}, just under 16 kB`, asJson(path, { ...fields, more: 'x'.repeat(16_000) })),
    always(`body: ${name}, many keys`, asJson(path, Object.fromEntries(Array.from({ length: 900 }, (_, i) => [i, i])))),
  ]
}

export const bodies: Case[] = POSTED.flatMap(forEach)
