import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { callOf, CLIENT_ID, CLIENT_SECRET, curlCommand, RAW_BODY } from './call'
import type { Endpoint, EndpointField } from './endpoint'

const field = (name: string, required = true): EndpointField => ({
  name,
  required,
  about: '',
  secret: false,
  example: '',
})
const sent = (access: string) => ({ access, name: 'Authorization', scheme: 'Bearer' })
const endpoint: Endpoint = {
  id: 'x',
  method: 'POST',
  path: '/api/x/',
  summary: '',
  description: '',
  security: 'none',
  type: 'application/json',
  fields: [field('a'), field('b', false)],
  rawBody: null,
  answers: [],
}

test('a field that must be there is sent empty, so that one can see what is said about it; one that may be missing is not', () => {
  expect(callOf(endpoint, {}, sent('T'))).toEqual({
    method: 'POST',
    path: '/api/x/',
    headers: { 'Content-Type': 'application/json' },
    body: '{"a":""}',
  })
  expect(callOf(endpoint, { a: '1', b: '2' }, sent('')).body).toBe('{"a":"1","b":"2"}')
})

test('a form is sent where no JSON is taken', () => {
  const form = { ...endpoint, type: 'application/x-www-form-urlencoded' }
  expect(callOf(form, { a: 'ä &=' }, sent(''))).toMatchObject({
    headers: { 'Content-Type': form.type },
    body: 'a=%C3%A4+%26%3D',
  })
})

test('a body that is no list of fields is sent as it was written', () => {
  const raw = { ...endpoint, fields: [], rawBody: '{"x":{}}' }
  expect(callOf(raw, {}, sent('')).body).toBe('{"x":{}}')
  expect(callOf(raw, { [RAW_BODY]: 'odd' }, sent('')).body).toBe('odd')
})

test('the access token goes only where one is asked for', () => {
  const bearer: Endpoint = { ...endpoint, method: 'GET', security: 'bearer' }
  expect(callOf(bearer, {}, sent('T'))).toMatchObject({ headers: { Authorization: 'Bearer T' }, body: null })
  expect(callOf(bearer, {}, sent('')).headers).toEqual({})
  expect(callOf(endpoint, {}, sent('T')).headers).not.toHaveProperty('Authorization')
})

test('it goes in the header and behind the word of the settings, a client’s secret does not', () => {
  const header = { access: 'T', name: 'X-Access-Token', scheme: 'JWT' }
  const bearer: Endpoint = { ...endpoint, method: 'GET', security: 'bearer' }
  expect(callOf(bearer, {}, header).headers).toEqual({ 'X-Access-Token': 'JWT T' })
  expect(callOf(bearer, {}, { ...header, access: '' }).headers).toEqual({})
  const client = callOf({ ...endpoint, security: 'client' }, {}, header)
  expect(client.headers).toMatchObject({ Authorization: expect.stringMatching(/^Basic /) })
  expect(client.headers).not.toHaveProperty('X-Access-Token')
})

test('a client is named by Basic, in UTF-8', () => {
  const call = callOf({ ...endpoint, security: 'client' }, { [CLIENT_ID]: 'ü', [CLIENT_SECRET]: 's' }, sent('T'))
  expect(call.headers.Authorization).toBe(`Basic ${Buffer.from('ü:s').toString('base64')}`)
})

test.each(["it's", '$HOME `id` "x" \\ !', '@/etc/passwd', 'two\nlines', '-n'])(
  'the shell gives curl exactly what is sent: %s',
  (text) => {
    const call = callOf(endpoint, { a: text }, sent(''))
    const command = curlCommand(call, 'http://localhost:3000')
    // curl is a function of the shell here that prints what it is given.
    const printed = execFileSync('sh', ['-c', `curl() { printf '%s\\0' "$@"; }\n${command}`], { encoding: 'utf8' })
    expect(printed.split('\0')).toEqual([
      ...['-X', 'POST', 'http://localhost:3000/api/x/', '-H', 'Content-Type: application/json'],
      ...['--data-raw', JSON.stringify({ a: text }), ''],
    ])
  },
)
