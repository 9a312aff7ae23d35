import { describe, expect, test } from 'vitest'
import { aView } from '#lib/testing/builders'
import type { AccessClaims } from './claims'
import { parseFields } from './fields'
import { activeAnswer, describeToken, introspectAnswer, introspectBody, type GoodToken } from './introspection'

const view = aView({ session: { kind: 'api' }, user: { username: 'ada', email: 'ada@example.com' } })
const claims = {
  ...{ iss: 'http://localhost:3000', sub: view.user.id, sid: view.session.id, g: 0, jti: 'a'.repeat(32) },
  ...{ iat: 1000, exp: 1600, user_id: view.user.id },
}
const access = (more: Partial<AccessClaims> = {}): GoodToken => ({
  token: 'access',
  claims: { ...claims, token_type: 'access', ...more },
  view,
})
const refresh: GoodToken = { token: 'refresh', claims: { ...claims, token_type: 'refresh' }, view }
const told = {
  ...{ active: true, sub: view.user.id, username: 'ada', sid: view.session.id, jti: 'a'.repeat(32) },
  ...{ iss: 'http://localhost:3000', iat: 1000, exp: 1600 },
}

describe('what a client is told of a token', () => {
  test('of an access token: whose it is, what it opens, how long; no address, no generation', () => {
    expect(describeToken(access())).toEqual({ ...told, token_use: 'access', token_type: 'Bearer', roles: [] })
  })

  test('of a refresh token: that it is one; it is no Bearer and has no roles', () => {
    expect(describeToken(refresh)).toEqual({ ...told, token_use: 'refresh' })
  })

  test('the name is the row’s, whatever the token says', () => {
    const renamed = { ...view, user: { ...view.user, username: 'countess' } }
    expect(describeToken({ ...refresh, view: renamed })).toMatchObject({ username: 'countess' })
  })

  test.each([{ aud: 'orders' }, { aud: ['orders', 'billing'] }, { client_id: 'latchkey', scope: 'api' }])(
    '%j is told where the token says it',
    (more) => expect(describeToken(access(more))).toMatchObject(more),
  )

  test('every answer is one of the schema, and the schema takes no key beside', () => {
    for (const good of [access(), access({ aud: ['orders'], scope: 'api' }), refresh])
      expect(activeAnswer.safeParse(describeToken(good)).error).toBeUndefined()
    expect(activeAnswer.safeParse({ ...describeToken(refresh), email: 'ada@example.com' }).success).toBe(false)
    expect(introspectAnswer.safeParse({ active: false }).success).toBe(true)
    expect(introspectAnswer.safeParse({ active: false, sub: view.user.id }).success).toBe(false)
    expect(introspectAnswer.safeParse({ active: true }).success).toBe(false)
  })
})

describe('the body', () => {
  const parse = (body: unknown) => parseFields(introspectBody, body)

  test.each([undefined, 'access_token', 'refresh_token', 'saml2', ''])('a hint of %j is taken', (token_type_hint) => {
    expect(parse({ token: 't', token_type_hint })).toEqual({ kind: 'ok', data: { token: 't', token_type_hint } })
  })

  test.each<[unknown, Record<string, string[]>]>([
    [{}, { token: ['This field is required.'] }],
    [{ token: '  ' }, { token: ['This field may not be blank.'] }],
    [{ token: ['t'] }, { token: ['Not a valid string.'] }],
    [{ token: 't', token_type_hint: ['access_token'] }, { token_type_hint: ['Not a valid string.'] }],
    [{ token_type_hint: {} }, { token: ['This field is required.'], token_type_hint: ['Not a valid string.'] }],
  ])('%j is refused by field', (body, errors) => expect(parse(body)).toEqual({ kind: 'invalid', errors }))
})
