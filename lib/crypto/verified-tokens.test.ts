import { SignJWT } from 'jose'
import { describe, expect, test, vi } from 'vitest'
import { testKeys } from '#lib/testing/test-tokens'
import { rememberingVerifier } from './verified-tokens'
import { verifySignature, type TrustedKey } from './verify-token'

const { signer, verifiers } = await testKeys()
const kid = signer.kid
const sign = (claims: Record<string, unknown>, typ = 'JWT') =>
  new SignJWT(claims).setProtectedHeader({ alg: signer.alg, typ, kid }).sign(signer.key)
const another = (): Map<string, TrustedKey> => new Map([[kid, { ...verifiers.get(kid)! }]])

function counting(limit?: number) {
  const spy = vi.fn(verifySignature)
  return { verify: rememberingVerifier(limit, spy), checks: () => spy.mock.calls.length }
}

test('a signature is checked once, and the claims are the same each time', async () => {
  const { verify, checks } = counting()
  const token = await sign({ sub: 'ada' })
  for (let i = 0; i < 5; i++) expect(await verify(token, verifiers)).toEqual({ sub: 'ada' })
  expect(checks()).toBe(1)
})

test('what is not genuine is never remembered', async () => {
  const { verify, checks } = counting()
  const token = `${await sign({ sub: 'ada' })}x`
  for (let i = 0; i < 3; i++) expect(await verify(token, verifiers)).toBeNull()
  expect(checks()).toBe(3)
})

describe('what was genuine is checked again', () => {
  test('and refused when its key has left the ring', async () => {
    const { verify } = counting()
    const token = await sign({ sub: 'ada' })
    await verify(token, verifiers)
    expect(await verify(token, new Map())).toBeNull()
  })

  test('when another key has taken the place of its own', async () => {
    const { verify, checks } = counting()
    const token = await sign({ sub: 'ada' })
    await verify(token, verifiers)
    await verify(token, another())
    expect(checks()).toBe(2)
  })

  test('and refused where its type is not taken', async () => {
    const { verify } = counting()
    const token = await sign({ sub: 'ada' }, 'at+jwt')
    expect(await verify(token, verifiers, ['at+jwt'])).not.toBeNull()
    expect(await verify(token, verifiers, ['JWT'])).toBeNull()
  })
})

test('the one unused for longest is forgotten when there are too many', async () => {
  const { verify, checks } = counting(2)
  const [a, b, c] = [await sign({ n: 1 }), await sign({ n: 2 }), await sign({ n: 3 })]
  for (const token of [a, b, a, c, a]) await verify(token, verifiers)
  expect(checks()).toBe(3)
  await verify(b, verifiers)
  expect(checks()).toBe(4)
})

test('nobody can change what is remembered', async () => {
  const { verify } = counting()
  const token = await sign({ sub: 'ada' })
  await verify(token, verifiers)
  const claims = (await verify(token, verifiers)) ?? {}
  expect(() => Object.assign(claims, { sub: 'eve' })).toThrow()
  expect(await verify(token, verifiers)).toEqual({ sub: 'ada' })
})
