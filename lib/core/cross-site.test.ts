import { expect, test } from 'vitest'
import { isSameOrigin } from './cross-site'

const ours = ['http://localhost:3000', 'http://127.0.0.1:3000']

test.each<[string | null, string | null, boolean]>([
  ['same-origin', 'http://localhost:3000', true],
  ['same-origin', null, true],
  // The browser's own word counts; a proxy may have changed the other.
  ['same-origin', 'https://evil.example', true],
  ['same-site', 'http://localhost:3000', false],
  ['same-site', 'http://localhost:4000', false],
  ['cross-site', 'https://evil.example', false],
  ['cross-site', 'http://localhost:3000', false],
  ['none', null, false],
  ['none', 'http://localhost:3000', false],
  ['', 'http://localhost:3000', false],
  ['SAME-ORIGIN', null, false],
  [null, 'http://localhost:3000', true],
  [null, 'http://127.0.0.1:3000', true],
  [null, 'http://localhost:3001', false],
  [null, 'https://localhost:3000', false],
  [null, 'http://localhost', false],
  [null, 'http://localhost:3000.evil.example', false],
  [null, 'http://localhost:3000/', false],
  [null, 'null', false],
  [null, '', false],
  [null, null, false],
])('CS-1: a POST with Sec-Fetch-Site %s and Origin %s goes on: %s', (fetchSite, origin, expected) => {
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'LINK', 'post', ''])
    expect(isSameOrigin({ method, fetchSite, origin }, ours), method).toBe(expected)
})

test.each(['GET', 'HEAD', 'OPTIONS'])('CS-4: %s changes nothing and comes from anywhere', (method) => {
  expect(isSameOrigin({ method, fetchSite: 'cross-site', origin: 'https://evil.example' }, ours)).toBe(true)
})
