import { describe, expect, test } from 'vitest'
import {
  allowedMethods,
  answersInData,
  isDocument,
  isPublished,
  isStatic,
  keepsFinalSlash,
  landing,
  pathKind,
} from './gate'

describe('the four kinds of paths; whatever is not named is protected', () => {
  test.each([
    ...['/api/docs/x', '/api/docsx', '/api/openapi.json'],
    ...['/api', '/api/', '/api/token/', '/api/no/such/path', '/api/%2e%2e/dashboard', '/.well-known/jwks.json'],
  ])('%s is for programs', (path) => expect(pathKind(path)).toBe('api'))

  test.each([
    '/login',
    '/login/',
    '/register',
    '/logout',
    '/auth/login',
    '/auth/login/',
    '/auth/register',
    '/auth/logout',
    '/theme',
    // A page among the paths for programs.
    '/api/docs',
    '/api/docs/',
  ])('%s is asked for without a session', (path) => expect(pathKind(path)).toBe('auth'))

  test.each(['/', '/auth/session', '/auth/session/', '/auth/refresh', '/auth/refresh/'])('%s is open', (path) =>
    expect(pathKind(path)).toBe('open'),
  )

  test.each([
    ...['/dashboard', '/account', '/account/profile', '/admin', '/reauthenticate', '/no/such/page'],
    // MW-3: another spelling of a public path is another path.
    ...[
      '/Login',
      '/LOGIN',
      '/API/token',
      '/Api/',
      '/apix',
      '/apix/token',
      '/api-docs',
      '/loginx',
      '/login/x',
      '/login.rsc',
    ],
    ...['//login', '/login//', '//', '//api/token', '/x/../login', '/x/api/token', '/auth', '/auth/', '/auth/other'],
    ...[
      '/%6cogin',
      '/log%69n',
      '/%61pi/token',
      '/login%2f',
      '/login%00',
      '/login;x',
      '/login.txt',
      '/login%20',
      ' /login',
    ],
    ...['/.well-known', '/.well-knownx/jwks.json', '/theme/x', '/auth/session/x', '/api\\token'],
  ])('%s is protected', (path) => expect(pathKind(path)).toBe('protected'))
})

test.each<[string, boolean]>([
  ['/_next/static/chunks/a.js', true],
  ['/icon.svg', true],
  ['/favicon.ico', true],
  ['/robots.txt', true],
  ['/_next/data/x/dashboard.json', false],
  ['/_next/image', false],
  ['/_next/staticx', false],
  ['/dashboard/icon.svg', false],
  ['/dashboard.svg', false],
  ['/', false],
])('no session is looked at for %s: %s', (path, expected) => expect(isStatic(path)).toBe(expected))

test.each<[string, boolean]>([
  ['/api/token/', true],
  ['/.well-known/jwks.json', true],
  ['/auth/login', true],
  ['/auth/session/', true],
  ['/api/openapi.json', true],
  ['/api/docs', false],
  ['/api/docs/', false],
  ['/login', false],
  ['/authx', false],
  ['/dashboard', false],
])('%s answers in data: %s', (path, expected) => {
  expect(answersInData(path)).toBe(expected)
  expect(keepsFinalSlash(path)).toBe(expected)
})

test('the start page is a page and keeps its slash', () => {
  expect(answersInData('/')).toBe(false)
  expect(keepsFinalSlash('/')).toBe(true)
})

test.each<[string, unknown, string | null]>([
  ['/login', undefined, '/dashboard'],
  ['/login', '/account/sessions', '/account/sessions'],
  ['/register', '/account/sessions', '/account/sessions'],
  ['/login', '//evil.example', '/dashboard'],
  ['/', '/account/sessions', '/dashboard'],
  ['/account', undefined, '/account/profile'],
  ['/dashboard', '/account/sessions', null],
  ['/logout', undefined, null],
])('who is logged in and opens %s with next %s is sent to %s', (path, next, to) => expect(landing(path, next)).toBe(to))

test.each<[string, string, string | null, string, boolean]>([
  ['a browser that opens a page', 'GET', 'document', '*/*', true],
  ['an older browser that opens a page', 'GET', null, 'text/html,*/*', true],
  ['a fetch', 'GET', 'empty', 'text/html', false],
  ['an image', 'GET', 'image', 'image/*', false],
  ['a frame', 'GET', 'iframe', 'text/html', false],
  ['a program', 'GET', null, '*/*', false],
  ['a form', 'POST', 'document', 'text/html', false],
  ['a HEAD', 'HEAD', 'document', 'text/html', false],
])('%s is a person opening a page: %s %s %s → %s', (_, method, fetchDest, accept, expected) => {
  expect(isDocument({ method, fetchDest, accept })).toBe(expected)
})

test.each<[string, string | undefined]>([
  ['/', 'GET, HEAD, POST'],
  ['/login', 'GET, HEAD, POST'],
  ['/dashboard', 'GET, HEAD, POST'],
  ['/account/sessions', 'GET, HEAD, POST'],
  ['/api/docs', 'GET, HEAD'],
  ['/auth/session/', 'GET, HEAD, OPTIONS'],
  ['/api/openapi.json', 'GET, HEAD, OPTIONS'],
  ['/auth/login', 'POST, OPTIONS'],
  ['/auth/logout/', 'POST, OPTIONS'],
  ['/theme', 'POST, OPTIONS'],
  ['/api/csp-report/', 'POST, OPTIONS'],
  ['/icon.svg', 'GET, HEAD'],
  ['/favicon.ico', 'GET, HEAD'],
  ['/_next/static/chunks/a.js', 'GET, HEAD'],
  // What is not ours, and the API, whose handlers say it in the contract's words.
  ['/api/token/', undefined],
  ['/notes', undefined],
  ['/accounts', undefined],
  ['//', undefined],
  ['/.well-known/jwks.json', 'GET, HEAD, OPTIONS'],
])('HD-6 the methods of %s: %s', (path, methods) => expect(allowedMethods(path)?.join(', ')).toBe(methods))

test.each([
  ['/.well-known/jwks.json', true],
  ['/.well-known/jwks.json/', true],
  ['/.well-known/oauth-authorization-server', true],
  ['/.well-known/other', false],
  ['/.well-known/jwks.json/more', false],
  ['/api/openapi.json', true],
  ['/api/openapi.json/', true],
  ['/api/openapi.jsonx', false],
  ['/api/docs', false],
  ['/api/me/', false],
  ['/', false],
])('HD-3 any site may read and keep %s: %s', (path, expected) => expect(isPublished(path)).toBe(expected))
