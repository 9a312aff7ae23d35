import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { hooks } from '#lib/hooks'
import { checkClaims, checkHooks, type Hooks } from './hooks'
import { contractShape, ownClaims } from './token-shape'

const own = ownClaims(contractShape)
const declaring = (...names: string[]): Hooks => ({ claims: { names, of: () => ({}) } })

describe('at boot', () => {
  test('no hook, and hooks with names of their own, are fine', () => {
    expect(() => checkHooks(hooks, own)).not.toThrow()
    expect(() => checkHooks(declaring('plan', 'https://example.com/plan'), own)).not.toThrow()
  })

  test.each(['token_type', 'exp', 'iat', 'jti', 'user_id', 'email', 'roles', 'sub', 'sid', 'g', 'iss', 'aud', 'nbf'])(
    '%s is ours, and stops the start with a sentence',
    (name) => expect(() => checkHooks(declaring('plan', name), own)).toThrow(`${name} is a claim of Latchkey's own`),
  )

  test.each(['client_id', 'auth_time', 'amr', 'scope'])('so is %s, in either profile', (name) =>
    expect(() => checkHooks(declaring(name), own)).toThrow(name),
  )

  test('a name that a setting gives to one of our claims is ours, and the standard one stays so', () => {
    const names = { ...contractShape.names, userId: 'uid' }
    const renamed = ownClaims({ ...contractShape, names })
    for (const name of ['uid', 'user_id']) expect(() => checkHooks(declaring(name), renamed)).toThrow(name)
    expect(() => checkHooks(declaring('uid'), own)).not.toThrow()
  })

  test('a name twice, an empty one and __proto__ are refused', () => {
    expect(() => checkHooks(declaring('plan', 'plan'), own)).toThrow('plan is declared twice')
    for (const name of ['', '__proto__'])
      expect(() => checkHooks(declaring(name), own)).toThrow('a claim must have a name')
  })
})

describe('at each token', () => {
  test('declared claims of plain JSON are taken, and one that is undefined is left out', () => {
    const answer = { plan: 'gold', seats: 3, tags: ['a', { deep: null }], trial: false, gone: undefined }
    const { gone: _gone, ...taken } = answer
    expect(checkClaims(answer, ['plan', 'seats', 'tags', 'trial', 'gone', 'other'])).toEqual(taken)
  })

  test.each(['sub', 'roles', 'other'])('%s, which was not declared, is refused', (name) => {
    expect(() => checkClaims({ plan: 'x', [name]: 'y' }, ['plan'])).toThrow(
      `answered "${name}", which is not among its names`,
    )
  })

  test.each([[null], [undefined], [['plan']], ['plan'], [7]])('%j is no set of claims', (answer) => {
    expect(() => checkClaims(answer, ['plan'])).toThrow('must answer an object')
  })

  test.each([[NaN], [Infinity], [new Date(0)], [() => 1], [Symbol('x')], [10n], [new Map()], [{ deep: [undefined] }]])(
    'a claim of %s is no plain JSON',
    (plan) => expect(() => checkClaims({ plan }, ['plan'])).toThrow('answered a "plan" that is not plain JSON'),
  )
})

test('the guide names every hook and every claim that is taken', () => {
  const guide = readFileSync('docs/guides/hooks.md', 'utf8')
  const all: Record<keyof Required<Hooks>, true> = {
    ...{ claims: true, authenticationRule: true, onLoginSuccess: true, onLoginFailed: true },
  }
  for (const hook of Object.keys(all)) expect(guide).toContain(`\`${hook}\``)
  const words = new Set(guide.match(/\w+/g))
  for (const claim of own) expect(words).toContain(claim)
})
