import { expect, test } from 'vitest'
import { commonHeaders, DATA_POLICY, NO_STORE, pagePolicy } from './security-headers'

test('HD-3: every reply carries these', () => {
  expect(commonHeaders({ secure: false })).toEqual({
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), publickey-credentials-get=(self)',
    'X-Frame-Options': 'DENY',
  })
})

test('HD-4: on https a browser is held to https for a year, on http nothing is said', () => {
  const { 'Strict-Transport-Security': hsts, ...rest } = commonHeaders({ secure: true })
  expect(hsts).toBe('max-age=31536000; includeSubDomains')
  expect(rest).toEqual(commonHeaders({ secure: false }))
})

const policy =
  "default-src 'self'; script-src 'self' 'nonce-N' 'strict-dynamic'; style-src 'self' 'nonce-N'; img-src 'self' data:; " +
  "font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; " +
  'report-to csp; report-uri /api/csp-report/'

test('HD-1: the policy of a page is the one of the requirements, word for word', () => {
  expect(pagePolicy({ secure: false, development: false, nonce: 'N' })).toBe(policy)
  expect(pagePolicy({ secure: true, development: false, nonce: 'N' })).toBe(`${policy}; upgrade-insecure-requests`)
})

test('HD-1: only development allows eval and inline styles', () => {
  expect(pagePolicy({ secure: false, development: true, nonce: 'N' })).toMatch(/'unsafe-eval'.*'unsafe-inline'/)
  expect(policy).not.toContain('unsafe')
})

test('HD-2 and HD-5: data may load nothing and be stored nowhere', () => {
  expect(DATA_POLICY).toBe("default-src 'none'; frame-ancestors 'none'")
  expect(NO_STORE.split(', ').sort()).toEqual(['no-store', 'private'])
})
