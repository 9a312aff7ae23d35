import { describe, expect, test } from 'vitest'
import { isReadableAction } from './action-body'

const FORM = 'multipart/form-data; boundary=x'
const part = (name: string, text: string, head = '') =>
  `--x\r\nContent-Disposition: form-data; name="${name}"${head}\r\n\r\n${text}\r\n`
const form = (...parts: string[]) => `${parts.join('')}--x--\r\n`

const post = (type: string, body: string | FormData, headers: Record<string, string> = {}) =>
  new Request('http://localhost:3000/login', {
    method: 'POST',
    body,
    headers: typeof body === 'string' ? { 'content-type': type, ...headers } : headers,
  })
const call = { 'next-action': '40'.padEnd(42, 'a') }
const reads = (type: string, body: string | FormData, headers = {}) => isReadableAction(post(type, body, headers))

describe('what browsers send is read', () => {
  test('a form as fetch writes it, with a file, called by script or not', async () => {
    const data = new FormData()
    data.set('1_email', 'a@b\r\nContent-Transfer-Encoding: base64\r\n\r\n')
    data.set('1_file', new Blob(['x'], { type: 'image/png' }), 'charset=x "é".png')
    data.set('0', '["$undefined","$K1"]')
    expect(await reads('', data, call)).toBe(true)
    expect(await reads('', data)).toBe(true)
  })

  test('arguments as text', async () => {
    expect(await reads('text/plain;charset=UTF-8', '["é"]', call)).toBe(true)
  })

  test('whoever answers behind the gate can still read it', async () => {
    const request = post(FORM, form(part('a', 'b')))
    expect(await isReadableAction(request.clone())).toBe(true)
    expect((await request.formData()).get('a')).toBe('b')
  })
})

describe('what is no action is not judged', () => {
  test.each([
    ['text/plain', '{'],
    ['application/json', '{'],
    ['application/x-www-form-urlencoded', '%zz'],
    ['image/png', '\0'],
    [FORM, form(part('a', '{'), part('0', '{'))],
  ])('%s without an action', async (type, body) => expect(await reads(type, body)).toBe(true))

  test('a form of the type for which Next knows no action', async () => {
    expect(await reads('application/x-www-form-urlencoded', 'a=b', call)).toBe(true)
  })
})

describe('what Next would answer with 500 is refused', () => {
  test.each([
    ['text/plain', '{'],
    ['text/plain', '\ufeff[]'],
    ['', ''],
    // Only in the very spelling is this a form to Next.
    ['Multipart/Form-Data; boundary=x', form(part('0', '[]'))],
    ['application/x-www-form-urlencoded; charset=utf-8', 'a=b'],
    [FORM, ''],
    [FORM, form(part('1', '[]'))],
    ['multipart/form-data', form(part('0', '[]'))],
    [FORM, `preamble\r\n${form(part('0', '[]'))}`],
    [FORM, form(part('0', '[]', '\r\nContent-Transfer-Encoding: base64'))],
    [FORM, form(part('0', '[]', '\r\nContent-Type: text/plain; charset=utf-16'))],
    [FORM, form(part('0', '[]'), part('x'.repeat(9000), ''))],
    [FORM, form(part('0', '[]')).slice(0, -6)],
  ])('%s as a call: %j', async (type, body) => expect(await reads(type, body, call)).toBe(false))

  test('a form without its end', async () => expect(await reads(FORM, form(part('a', 'b')).slice(0, -6))).toBe(false))
})
