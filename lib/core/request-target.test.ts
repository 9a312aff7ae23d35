import { expect, test } from 'vitest'
import { pathOf, readTarget } from './request-target'

test.each([
  ...['/', '/login', '/login?next=%2Fdashboard', '/api/token/', '/a%20b', '/%C3%A9', '/dashboard;x', '/dashboard%2f'],
  // What a query holds is for its reader to refuse.
  ...['/login?x=%zz', '/login?x=//y', '/login?x=\\', '/%2e%2e/x', '/x%00'],
])('%s is fine', (target) => expect(readTarget(target)).toEqual({ kind: 'fine' }))

test.each([
  ...['*', '', 'login', 'http://evil.example/x', 'https://localhost:3000/login', 'evil.example:443', '?x', '\\login'],
  ...['/%', '/api/%', '/%z', '/%zz', '/api/x%', '/%c0%af', '/%ff', '/%ed%a0%80', '/%u0041'],
])('%s cannot be read', (target) => expect(readTarget(target)).toEqual({ kind: 'unreadable' }))

test.each([
  ['//', '/'],
  ['//evil.example', '/evil.example'],
  ['//evil.example/..?next=//x', '/evil.example/..?next=//x'],
  ['/\\evil.example', '/evil.example'],
  ['/api//token//', '/api/token/'],
  ['/a\\b', '/a/b'],
  ['/\\/\\/x', '/x'],
])('%s is asked for again at %s', (target, to) => expect(readTarget(target)).toEqual({ kind: 'untidy', to }))

test.each([
  ['/api/token/?x=/login', '/api/token/'],
  ['/login#x', '/login'],
  ['/api/../auth/login/', '/auth/login/'],
  ['/api/%2E%2e/auth/login/', '/auth/login/'],
  ['/login/./../api/token', '/api/token'],
  ['/api/..%2fauth', '/api/..%2fauth'],
  ['//evil.example/x', '//evil.example/x'],
  ['*', ''],
  ['http://localhost/api/', ''],
])('the path of %j is %j', (target, path) => expect(pathOf(target)).toBe(path))
