import { describe, expect, test } from 'vitest'
import { decideCors, type CorsRequest } from './cors'

const APP = 'https://app.example.com'
const allowed = [APP, 'http://localhost:5173']
const ask = (given: Partial<CorsRequest>, origins = allowed) =>
  decideCors(
    { pathname: '/api/token/', method: 'POST', origin: APP, requestedMethod: null, ...given },
    { origins, tokenHeader: 'authorization' },
  )
const grantedTo = (given: Partial<CorsRequest>, origins = allowed) =>
  ask(given, origins).headers['Access-Control-Allow-Origin']

describe('CO-1: the API answers the origins of the list, compared exactly', () => {
  test.each(allowed)('%s is on it', (origin) => {
    expect(ask({ origin })).toEqual({
      preflight: false,
      headers: {
        'Access-Control-Allow-Origin': origin,
        'Access-Control-Expose-Headers': 'Retry-After, WWW-Authenticate, X-Request-Id',
        Vary: 'Origin',
      },
    })
  })

  test.each([
    ...['https://app.example.com.evil.example', 'https://evil-app.example.com', 'https://x.app.example.com'],
    ...[
      'http://app.example.com',
      'https://app.example.com:8443',
      'https://app.example.com/',
      'HTTPS://APP.EXAMPLE.COM',
    ],
    ...['https://app.example.com, https://evil.example', 'null', '*', '', ' https://app.example.com', null],
  ])('%j is not, and the reply still varies by it', (origin) =>
    expect(ask({ origin })).toEqual({ preflight: false, headers: { Vary: 'Origin' } }),
  )

  test('an empty list allows nobody', () => expect(grantedTo({}, [])).toBeUndefined())

  test('credentials are allowed to none', () => {
    for (const pathname of ['/api/token/', '/.well-known/jwks.json'])
      for (const method of ['POST', 'OPTIONS'])
        expect(Object.keys(ask({ pathname, method, requestedMethod: 'POST' }).headers).join()).not.toMatch(
          /credentials/i,
        )
  })
})

describe('a preflight', () => {
  test('is granted for the methods and headers that the API knows, for ten minutes', () => {
    const { preflight, headers } = ask({ method: 'OPTIONS', requestedMethod: 'POST' })
    expect(preflight).toBe(true)
    expect(headers).toEqual({
      'Access-Control-Allow-Origin': APP,
      'Access-Control-Allow-Methods': 'GET, HEAD, POST',
      'Access-Control-Allow-Headers': 'authorization, content-type',
      'Access-Control-Max-Age': '600',
      Vary: 'Origin',
    })
  })

  test('allows the header of JWT_AUTH_HEADER_NAME, and still the one of clients', () => {
    const request = { pathname: '/api/me/', method: 'OPTIONS', origin: APP, requestedMethod: 'GET' }
    const { headers } = decideCors(request, { origins: allowed, tokenHeader: 'x-access-token' })
    expect(headers['Access-Control-Allow-Headers']).toBe('authorization, content-type, x-access-token')
  })

  test.each<[string, Partial<CorsRequest>]>([
    ['of another origin', { method: 'OPTIONS', requestedMethod: 'POST', origin: 'https://evil.example' }],
    ['without an origin', { method: 'OPTIONS', requestedMethod: 'POST', origin: null }],
    ['that asks for no method: a plain OPTIONS', { method: 'OPTIONS' }],
    ['that is no OPTIONS', { method: 'POST', requestedMethod: 'POST' }],
    ['of a page', { method: 'OPTIONS', requestedMethod: 'POST', pathname: '/login' }],
  ])('is not granted %s', (_, given) => expect(ask(given).preflight).toBe(false))
})

describe('by path', () => {
  test.each(['/api', '/api/', '/api/token', '/api/no/such/path'])('%s has the list', (pathname) =>
    expect(grantedTo({ pathname })).toBe(APP),
  )

  test.each([
    ...['/', '/login', '/auth/login/', '/auth/session/', '/dashboard', '/theme', '/apix', '/API/token', '/x/api/token'],
    ...['/.well-known/change-password', '/.well-known/jwks.json.evil', '/.well-known/'],
  ])('%s, which may know people by their cookies, has nothing', (pathname) =>
    expect(ask({ pathname })).toEqual({ preflight: false, headers: {} }),
  )

  test.each(['/.well-known/jwks.json', '/.well-known/oauth-authorization-server', '/.well-known/jwks.json/'])(
    '%s is for everybody, listed or not',
    (pathname) => {
      for (const origin of [APP, 'https://anybody.example', 'null', null]) {
        const { headers } = ask({ pathname, method: 'GET', origin }, [])
        expect(headers['Access-Control-Allow-Origin']).toBe('*')
        expect(headers['Cross-Origin-Resource-Policy']).toBe('cross-origin')
      }
      expect(ask({ pathname, method: 'OPTIONS', requestedMethod: 'GET' }, []).preflight).toBe(true)
    },
  )
})
