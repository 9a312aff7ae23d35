/** Well-signed payloads that are no claims of ours: only a fault of ours, or a stolen key, could have signed them (TK-7, F5). */
import { forge, type Hostile, type Issuer } from './forge'

export type Claims = Record<string, unknown>

/** `required`: the claims that must be there, for these must be refused when missing or of another type. */
export function oddPayloads(claims: Claims, required: string[], { header, sign }: Issuer): Hostile[] {
  const text = JSON.stringify(claims)
  const sid = JSON.stringify(claims.sid)
  const raw: [string, string | Buffer][] = [
    ['an empty object', '{}'],
    ['a list', `[${text}]`],
    ['text', JSON.stringify(text)],
    ['a number', '1'],
    ['null', 'null'],
    ['true', 'true'],
    ['no JSON', '{sub:ada}'],
    ['more behind it', `${text}{}`],
    ['a comment', text.replace('{', '{/**/')],
    ['a comma too many', text.replace('}', ',}')],
    ['a blank', ' '],
    ['blanks inside', text.replaceAll(',', ', ')],
    ['a newline behind it', `${text}\n`],
    ['a byte order mark', `\ufeff${text}`],
    [
      'no UTF-8',
      Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from([0x2c, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])]),
    ],
    [
      'overlong UTF-8',
      Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from([0x2c, 0x22, 0xc0, 0x80, 0x22, 0x3a, 0x31, 0x7d])]),
    ],
    ['UTF-16', Buffer.from(text, 'utf16le')],
    ['depth', `{"a":${'['.repeat(900)}${']'.repeat(900)}}`],
    ['depth of objects', `${'{"a":'.repeat(400)}1${'}'.repeat(400)}`],
    ['a token in a token', forge(header, claims, sign)],
    ['a session twice, theirs first', text.replace('{', '{"sid":"00000000-0000-4000-8000-000000000000",')],
    ['a session twice, theirs last', text.replace(/}$/, ',"sid":"00000000-0000-4000-8000-000000000000"}')],
    ['a session twice, the same', text.replace('{', `{"sid":${sid},`)],
    ['a type twice', text.replace('{', '{"token_type":"other",')],
    ['an escaped name', text.replace('"sid"', '"\\u0073id"')],
    ['exp of 1e999', text.replace(/"exp":\d+/, '"exp":1e999')],
    ['exp of NaN', text.replace(/"exp":\d+/, '"exp":NaN')],
    ['exp of Infinity', text.replace(/"exp":\d+/, '"exp":Infinity')],
    ['exp in hexadecimal', text.replace(/"exp":\d+/, '"exp":0xffffffff')],
    ['exp with a fraction of nothing', text.replace(/"exp":(\d+)/, '"exp":$1.0')],
    ['iat of 1e999', text.replace(/"iat":\d+/, '"iat":1e999')],
    ['all claims in __proto__', `{"__proto__":${text}}`],
  ]
  const changed = required.flatMap((name) =>
    oddValues(name, claims[name]).map(([odd, value]): [string, Claims] => [
      `${name} ${odd}`,
      { ...claims, [name]: value },
    ]),
  )
  return [...raw, ...changed].map(([name, payload]) => [`payload: ${name}`, forge(header, payload, sign)])
}

/** What a claim of this type must never be. */
function oddValues(name: string, value: unknown): [string, unknown][] {
  const any: [string, unknown][] = [
    ['missing', undefined],
    ['of null', null],
    ['in a list', [value]],
    ['in an object', { value }],
    ['of true', true],
    ['of nothing', ''],
  ]
  if (typeof value === 'string') {
    // A user id is any text; the others have a form.
    const more: [string, unknown][] = ['\u0000', ' ', '\n'].map((end) => [
      `with ${JSON.stringify(end)} behind it`,
      value + end,
    ])
    return [...any, ['as a number', 1], ...(name === 'user_id' ? [] : more)]
  }
  return [
    ...any,
    ['as text', String(value)],
    ['as a fraction', Number(value) + 0.5],
    ['below zero', -1],
    ['beyond all times', 1e300],
  ]
}
