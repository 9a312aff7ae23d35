/** TK-12: every 401 for a token in a body says that the token was no good, and nothing more than the contract's own sentence. */
import { expect, test } from 'vitest'
import { tokenNotValid, tokenOver, tokenSentence } from './token-sentences'

const faults = ['invalid', 'expired', 'no-exp', 'no-id', 'no-type', 'wrong-type'] as const
const reasons = ['inactive', 'user-missing', 'password_changed', 'revoked', 'expired', 'used'] as const

test.each([
  ...faults.map((fault): [string, Response] => [fault, tokenNotValid(tokenSentence(fault))]),
  ...reasons.flatMap((reason): [string, Response][] => [
    [`refresh ${reason}`, tokenOver('refresh', reason)],
    [`access ${reason}`, tokenOver('access', reason)],
  ]),
])('%s', async (_, reply) => {
  expect(reply.status).toBe(401)
  expect(reply.headers.get('www-authenticate')).toBe('Bearer realm="api", error="invalid_token"')
  const { code = 'token_not_valid', ...words } = await reply.json()
  expect(code).toBe('token_not_valid')
  expect(Object.keys(words)).toEqual(['detail'])
})
