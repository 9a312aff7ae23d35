import { expect, test } from 'vitest'
import { keptJson } from './kept-reply'

const ask = (headers: Record<string, string> = {}, body: unknown = { a: 1 }) =>
  keptJson(new Request('http://localhost/', { headers }), body, 60)
const etag = ask().headers.get('etag') ?? ''

test('it says how long it may be kept, and a tag that another body does not have', async () => {
  expect(ask().headers.get('cache-control')).toBe('public, max-age=60')
  expect(etag).toMatch(/^"[\w-]{22}"$/)
  expect(ask({}, { a: 2 }).headers.get('etag')).not.toBe(etag)
  expect(await ask().json()).toEqual({ a: 1 })
})

test.each<[string, string, number]>([
  ['the tag', etag, 304],
  ['the tag among others', `"x", ${etag}`, 304],
  ['the tag, weakened by a proxy', `W/${etag}`, 304],
  ['anything', '*', 304],
  ['another tag', '"x"', 200],
  ['a part of the tag', etag.slice(0, 10), 200],
  ['nothing', '', 200],
])('whoever has %s gets %s → %i', async (_, tag, status) => {
  const reply = ask({ 'if-none-match': tag })
  expect(reply.status).toBe(status)
  expect(reply.headers.get('etag')).toBe(etag)
  expect((await reply.text()) === '').toBe(status === 304)
})
