import { expect, test } from 'vitest'
import { VerifyOnly } from '#lib/core/verify-only'
import { fault } from './json-reply'

test('a server that only checks tokens says so with 403, and reports no fault', async () => {
  const reply = fault(new VerifyOnly(), 'r')
  expect([reply.status, await reply.json()]).toEqual([
    403,
    { detail: 'This server only checks tokens; it has no key to issue any.', code: 'verify_only' },
  ])
  expect(reply.headers.has('Retry-After')).toBe(false)
})

test('a class of that name from another bundle counts too', () => {
  expect(fault(Object.assign(new Error('x'), { name: 'VerifyOnly' }), 'r').status).toBe(403)
})
