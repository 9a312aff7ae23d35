import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_PAGE, isOurs, returnTo, withNext } from './return-to'

describe('RD-1: a target that could lead elsewhere gives way to the default page', () => {
  test.each([
    ...['', ' ', 'dashboard', './dashboard', '../dashboard', '?a=1', '#top', '@evil.example'],
    ...['//evil.example', '///evil.example', '////evil.example', '//evil.example/%2f..', '//evil.example@localhost'],
    ...[
      '/\\evil.example',
      '/\\/evil.example',
      '\\/evil.example',
      '\\\\evil.example',
      '/dash\\board',
      '/\\\\evil.example',
    ],
    ...[
      'http:evil.example',
      'http://evil.example',
      'https://evil.example',
      'https:/evil.example',
      'https:evil.example',
    ],
    ...['HTTPS://evil.example', 'http://localhost:3000/dashboard', 'javascript:alert(1)', 'JaVaScRiPt:alert(1)'],
    ...['data:text/html,hello', 'vbscript:x', 'blob:https://evil.example/1', 'mailto:ada@example.com', 'x-app://evil'],
    ...[' /dashboard', '\t/dashboard', '\n/dashboard', '\u00a0/dashboard', '\ufeff/dashboard', '\u200b/dashboard'],
    ...['/\t/evil.example', '/\n/evil.example', '/\r/evil.example', '/\r\nSet-Cookie: a=1', '/a\u0000b', '/a\u001fb'],
    ...['/a\u007fb', '/a\u0080b', '/a\u009fb', '/a\u0085b', '/\u000b/evil.example', '/\u000c/evil.example'],
    ...['/.//evil.example', '/..//evil.example', '/a/..//evil.example', '/a/b/../..//evil.example'],
    ...['/%2e//evil.example', '/%2e%2e//evil.example', '/a/%2E%2E//evil.example', '/./..//evil.example'],
    ...['/'.repeat(513), `/${'a'.repeat(512)}`, '\u2215/evil.example', '\uff0f\uff0fevil.example', '\u2028/dashboard'],
  ])('%j', (next) => {
    expect(isOurs(next)).toBe(false)
    expect(returnTo(next)).toBe(DEFAULT_PAGE)
  })

  test.each([
    undefined,
    null,
    0,
    1,
    true,
    {},
    [],
    ['/dashboard'],
    { toString: () => '/dashboard' },
    new URL('http://a/b'),
  ])('what is no string is no target: %j', (next) => {
    expect(returnTo(next)).toBe(DEFAULT_PAGE)
  })
})

describe('a path of our own is gone back to as it is', () => {
  test.each([
    ...['/', '/dashboard', '/account/sessions?done=others', '/account/sessions#others', '/a//b'],
    ...['/@evil.example', '/a@evil.example', '/a:80', '/:80', '/https://evil.example', '/?next=//evil.example'],
    // Encoded, these are letters of a path to every browser.
    ...['/%09/evil.example', '/%2f/evil.example', '/%5cevil.example', '/%0d%0aSet-Cookie:a=1', '/%00'],
    `/${'a'.repeat(511)}`,
  ])('%j', (next) => {
    expect(returnTo(next)).toBe(next)
  })
})

test.each([
  ['/caf\u00e9?q=\u00e9', '/caf%C3%A9?q=%C3%A9'],
  ['/\u65e5\u672c', '/%E6%97%A5%E6%9C%AC'],
  ['/a\u2028b', '/a%E2%80%A8b'],
  ['/a\u202eb', '/a%E2%80%AEb'],
  ['/a/../b', '/b'],
])('%j is gone back to in the form a header can hold', (next, sent) => {
  expect(returnTo(next)).toBe(sent)
})

test('512 characters are taken and 513 are not', () => {
  expect(isOurs(`/${'a'.repeat(511)}`)).toBe(true)
  expect(isOurs(`/${'a'.repeat(512)}`)).toBe(false)
})

const hostile = fc
  .array(
    fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      '@',
      ':',
      '?',
      '#',
      '%2f',
      '%5c',
      '%2e',
      '\t',
      '\n',
      ' ',
      'evil.example',
      'a',
    ),
  )
  .map((parts) => parts.join(''))

test('whatever passes stays at our origin, also in a browser that drops tabs and newlines or reads it a second time', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        hostile,
        hostile.map((text) => `/${text}`),
        fc.string(),
      ),
      (next) => {
        fc.pre(isOurs(next))
        for (const base of ['https://login.example.com', 'http://localhost:3000']) {
          const first = new URL(next.replace(/[\t\n\r]/g, ''), base)
          expect(first.origin).toBe(base)
          expect(new URL(first.pathname + first.search + first.hash, base).origin).toBe(base)
        }
      },
    ),
    { numRuns: 2000 },
  )
})

test('another fallback is used where one is named', () => {
  expect(returnTo('//evil.example', '/')).toBe('/')
})

test('a target inside a query is encoded, so that it cannot add a parameter of its own', () => {
  expect(withNext('/login', '/a?b=1&c=2#d')).toBe('/login?next=%2Fa%3Fb%3D1%26c%3D2%23d')
})
