import { describe, expect, test } from 'vitest'
import { BODY_LIMIT, readBody } from './request-body'

const URL_ = 'http://localhost:3000/api/token/'
const JSON_ = 'application/json'
const FORM = 'application/x-www-form-urlencoded'

type Sent = BodyInit | null

/** A request with exactly this content type, or with none. */
function request(body: Sent, type: string | null): Request {
  const made = new Request(URL_, { method: 'POST', body, duplex: 'half' } as RequestInit)
  made.headers.delete('content-type')
  if (type !== null) made.headers.set('content-type', type)
  return made
}
const read = (body: Sent, type: string | null = JSON_) => readBody(request(body, type))
const fields = (given: object) => ({ kind: 'fields', fields: given })
const refused = (status: number, body: object) => ({ kind: 'refused', status, body })

/** A body in pieces, without a Content-Length. */
const chunked = (...chunks: (string | Uint8Array)[]) =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks)
        controller.enqueue(typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk)
      controller.close()
    },
  })

describe('token-api 2.1: bodies that are read', () => {
  test.each([
    JSON_,
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
    ' application/json ',
  ])('JSON as %j', async (type) =>
    expect(await read('{"email":"a","n":1}', type)).toEqual(fields({ email: 'a', n: 1 })),
  )

  test.each([FORM, 'APPLICATION/X-WWW-FORM-URLENCODED', `${FORM}; charset=utf-8`])('a form as %s', async (type) =>
    expect(await read('email=a%40b&password=+x%C3%A9', type)).toEqual(fields({ email: 'a@b', password: ' x\u00e9' })),
  )

  test('a multipart form', async () => {
    const form = new FormData()
    form.set('email', 'a@b')
    form.set('password', ' x\u00e9')
    const body = await readBody(new Request(URL_, { method: 'POST', body: form }))
    expect(body).toEqual(fields({ email: 'a@b', password: ' x\u00e9' }))
  })

  test.each<[string, string | null]>([
    ['JSON', JSON_],
    ['a form', FORM],
    ['multipart', 'multipart/form-data'],
    ['text', 'text/plain'],
    ['no type', null],
  ])('an empty body, %s, is an empty object', async (_, type) => {
    for (const body of [null, '', chunked()]) expect(await read(body, type)).toEqual(fields({}))
  })

  test('F6: a body in chunks, also when they part a letter', async () => {
    const bytes = new TextEncoder().encode('{"email":"\u00e9"}')
    expect(await read(chunked('{"em', 'ail":"a"', '}'))).toEqual(fields({ email: 'a' }))
    expect(await read(chunked(bytes.slice(0, 11), bytes.slice(11)))).toEqual(fields({ email: '\u00e9' }))
  })

  test('IV-2: of one key twice the last counts', async () => {
    expect(await read('{"email":"a","email":"b"}')).toEqual(fields({ email: 'b' }))
    expect(await read('email=a&email=b', FORM)).toEqual(fields({ email: 'b' }))
  })

  test('a file where a field is wanted is no text', async () => {
    const form = new FormData()
    form.set('email', new Blob(['a@b']), 'email.txt')
    const body = await readBody(new Request(URL_, { method: 'POST', body: form }))
    expect(body.kind === 'fields' && typeof body.fields.email).toBe('object')
  })

  test('section 3: a long integer keeps every digit, and nothing else changes for it', async () => {
    const long = '12345678901234567890123'
    expect(await read(`{"password":${long},"a":[-${long}, 7, 1.${long}, 1e21],"b":"x ${long} \\" ${long}"}`)).toEqual(
      fields({ password: long, a: [`-${long}`, 7, Number(`1.${long}`), 1e21], b: `x ${long} " ${long}` }),
    )
  })

  test('lone surrogates and NUL come through, for the field rules to refuse', async () => {
    expect(await read('{"email":"\\ud800","password":"\\u0000"}')).toEqual(fields({ email: '\ud800', password: '\0' }))
  })

  test('IV-2: a __proto__ is a field and changes no object', async () => {
    const body = await read('{"__proto__":{"polluted":true}}')
    expect(body.kind === 'fields' && Object.keys(body.fields)).toEqual(['__proto__'])
    await read('__proto__=x', FORM)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})

describe('token-api 2.1: bodies that are refused', () => {
  test.each([
    'text/plain',
    'text/plain; charset=utf-8',
    'application/xml',
    'application/jsonx',
    'x',
    'application/jwt',
  ])('another type, %s, is 415 and named as sent', async (type) =>
    expect(await read('{}', type)).toEqual(refused(415, { detail: `Unsupported media type "${type}" in request.` })),
  )

  test('a body without content type is 415, with an empty name', async () => {
    expect(await read('{}', null)).toEqual(refused(415, { detail: 'Unsupported media type "" in request.' }))
  })

  test.each<[string, string | Uint8Array<ArrayBuffer>]>([
    ['half an object', '{"email":'],
    ['single quotes', "{'email':'a'}"],
    ['a comma too many', '{"email":"a",}'],
    ['more behind it', '{} {}'],
    ['two of them', '{}{}'],
    ['a comment', '{} // x'],
    ['NaN', '{"email":NaN}'],
    ['NaN alone', 'NaN'],
    ['Infinity', '{"email":-Infinity}'],
    ['blanks only', '  '],
    ['no JSON', 'email=a'],
    ['no UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['UTF-16', new Uint8Array([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00])],
    ['a letter cut in two', new Uint8Array([0x22, 0xc3, 0x22])],
    ['a byte order mark', '\ufeff{}'],
    ['a newline inside a text', '{"email":"a\nb"}'],
    ['deep nesting that never ends', '['.repeat(8000)],
  ])('JSON that does not parse is 400: %s', async (_, body) =>
    expect(await read(body)).toEqual(refused(400, { detail: expect.stringMatching(/^JSON parse error - ./) })),
  )

  test.each([
    ['[]', 'list'],
    ['[{"email":"a"}]', 'list'],
    ['"email"', 'str'],
    ['""', 'str'],
    ['1', 'int'],
    ['-5', 'int'],
    ['1.5', 'float'],
    ['1.0', 'float'],
    ['1e3', 'float'],
    [' 12345678901234567890 ', 'int'],
    ['"12345678901234567890"', 'str'],
    ['true', 'bool'],
    ['false', 'bool'],
    [`${'['.repeat(8000)}${']'.repeat(8000)}`, 'list'],
  ])('%s is no dictionary', async (body, type) =>
    expect(await read(body)).toEqual(
      refused(400, { non_field_errors: [`Invalid data. Expected a dictionary, but got ${type}.`] }),
    ),
  )

  test('null is no data', async () => {
    expect(await read('null')).toEqual(refused(400, { non_field_errors: ['No data provided'] }))
  })

  test.each(['multipart/form-data', 'multipart/form-data; boundary=', 'multipart/form-data; boundary=other'])(
    'a multipart form without its boundary is 400: %s',
    async (type) =>
      expect(await read('--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n', type)).toEqual(
        refused(400, { detail: expect.stringMatching(/^Multipart form parse error - ./) }),
      ),
  )
})

describe('TH-9: at most 16 kB are read', () => {
  const json = (size: number) => `{"a":"${'x'.repeat(size - 8)}"}`

  test('16 384 bytes are taken and 16 385 are not, with a length or in chunks', async () => {
    expect(json(BODY_LIMIT)).toHaveLength(16_384)
    expect((await read(json(BODY_LIMIT))).kind).toBe('fields')
    expect((await read(chunked(json(BODY_LIMIT)))).kind).toBe('fields')
    for (const body of [json(BODY_LIMIT + 1), chunked(json(BODY_LIMIT + 1))])
      expect(await read(body)).toMatchObject({ kind: 'refused', status: 413 })
  })

  test('a Content-Length that says less does not help', async () => {
    const lying = request(chunked(json(BODY_LIMIT + 1)), JSON_)
    lying.headers.set('content-length', '10')
    expect(await readBody(lying)).toMatchObject({ status: 413 })
  })

  test('an endless body is left after the limit', async () => {
    let pulls = 0
    const endless = new ReadableStream({
      pull(controller) {
        pulls++
        controller.enqueue(new Uint8Array(1024))
      },
    })
    expect(await read(endless)).toMatchObject({ status: 413 })
    expect(pulls).toBeLessThan(25)
  })

  test('the size stands before the type', async () => {
    expect(await read('x'.repeat(BODY_LIMIT + 1), 'text/plain')).toMatchObject({ status: 413 })
  })
})
