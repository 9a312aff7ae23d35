import { describe, expect, test } from 'vitest'
import { cookieName, cookieSpec, cookieValue, cookieValues, withCookies, type CookieName } from './cookies'
import { days, hours, seconds } from './duration'

const all: CookieName[] = ['access', 'refresh', 'theme']

describe('CK-1: the cookie table', () => {
  test.each<[CookieName, boolean, string]>([
    ['access', true, '__Host-access_token'],
    ['refresh', true, '__Host-refresh_token'],
    ['access', false, 'access_token'],
    ['refresh', false, 'refresh_token'],
    ['theme', true, 'theme'],
    ['theme', false, 'theme'],
  ])('%s on https %s is %s', (cookie, secure, name) => {
    expect(cookieName(cookie, secure)).toBe(name)
    expect(cookieSpec(cookie, secure, null, 'lax').name).toBe(name)
  })

  test.each(all)('%s is HttpOnly, for the whole site, Secure on https, and never for a domain', (cookie) => {
    expect(cookieSpec(cookie, true, hours(1), 'lax')).toEqual({
      ...{ name: cookieName(cookie, true), httpOnly: true, secure: true, sameSite: 'lax', path: '/', maxAge: 3600 },
    })
    expect(cookieSpec(cookie, false, null, 'strict')).toEqual({
      ...{ name: cookieName(cookie, false), httpOnly: true, secure: false, sameSite: 'strict', path: '/' },
    })
  })
})

describe('how long a cookie lives', () => {
  test('PR-2: a session of the browser window has no Max-Age at all', () => {
    expect(cookieSpec('refresh', true, null, 'lax')).not.toHaveProperty('maxAge')
  })

  test.each<[string, number, number]>([
    ['whole seconds', seconds(600), 600],
    ['never longer than its token', seconds(601) - 1, 600],
    ['nothing left', 0, 0],
    ['less than nothing left', -1, 0],
    ['CK-2: at most 400 days', days(401), 34_560_000],
    ['400 days', days(400), 34_560_000],
  ])('%s', (_, lifeMs, maxAge) => expect(cookieSpec('access', true, lifeMs, 'lax').maxAge).toBe(maxAge))
})

describe('reading a Cookie header', () => {
  test.each<[string, string | null, string[], string | null]>([
    ['no header', null, [], null],
    ['an empty header', '', [], null],
    ['one cookie', 'a=1', ['1'], '1'],
    ['among others', 'b=2; a=1; c=3', ['1'], '1'],
    ['without the space', 'b=2;a=1;c=3', ['1'], '1'],
    ['with more spaces', '  a = 1 ;b=2', ['1'], '1'],
    ['an equals sign in the value', 'a=1=2==', ['1=2=='], '1=2=='],
    ['an empty value', 'a=', [''], ''],
    ['a name without a value is no cookie', 'a; b=2', [], null],
    ['CK-4: two of one name count as none', 'a=1; a=2', ['1', '2'], null],
    ['CK-4: two of one name and value count as none', 'a=1; a=1', ['1', '1'], null],
    ['CK-4: names compare case-sensitively', 'A=1', [], null],
    ['a name that only ends alike', 'xa=1; a-=2', [], null],
    ['a name inside a value', 'b=a=1', [], null],
    ['an object’s own names are no cookies', '__proto__=1', [], null],
  ])('%s', (_, header, values, value) => {
    expect(cookieValues(header, 'a')).toEqual(values)
    expect(cookieValue(header, 'a')).toBe(value)
  })
})

describe('the header that the page behind the gate sees', () => {
  test.each<[string, string | null, string]>([
    ['nothing before', null, 'access=new; refresh=newer'],
    ['old ones give way', 'access=old; refresh=older', 'access=new; refresh=newer'],
    ['doubles give way together', 'access=1; x=2; access=3', 'x=2; access=new; refresh=newer'],
    ['others stay, in their order', 'b=1; access=old; a=2', 'b=1; a=2; access=new; refresh=newer'],
    ['another case is another cookie', 'Access=old', 'Access=old; access=new; refresh=newer'],
  ])('%s', (_, header, expected) => {
    expect(withCookies(header, { access: 'new', refresh: 'newer' })).toBe(expected)
  })

  test('a cookie named like an object’s own property stays', () => {
    expect(withCookies('constructor=1; toString=2', { a: '3' })).toBe('constructor=1; toString=2; a=3')
  })
})
