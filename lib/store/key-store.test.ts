/** The key ring and the secrets of a database, embedded and PostgreSQL alike: whoever comes first acts, and all see it. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { days, minutes, seconds } from '#lib/core/duration'
import { createManageKeys } from '#lib/flows/manage-keys'
import { databases, type TestDatabase } from '#lib/testing/databases'
import { createAuditLog, createAuditReader } from './audit-store'
import { acceptSecret, createKeyStore, knownSecret, lengthenKeyLives } from './key-store'

describe.each(databases)('signing keys on $name', ({ available, open }) => {
  if (!available) {
    test.skip('the key suite (skipped: set TEST_DATABASE_URL to a PostgreSQL server)', () => {})
    return
  }

  let db: TestDatabase
  beforeAll(async () => {
    db = await open()
  })
  afterAll(() => db.close())

  const times = { publishAheadMs: minutes(10), tokenLifeMs: days(1) }
  const late = minutes(5)
  let made = 0
  const fresh = (alg = 'ES256') => ({ kid: `key-${++made}`, alg, publicJwk: { kty: 'EC' }, sealedPrivate: 'sealed' })
  const store = () => createKeyStore(db.prisma, times)
  /** One instance; the clock is the database's, and times are moved in its rows. */
  const instance = (over: { algorithm?: string | null; publishAheadMs?: number } = {}) => {
    const policy = { algorithm: 'ES256', rotationAgeMs: days(90), publishAheadMs: times.publishAheadMs, ...over }
    const makeKey = async () => fresh(policy.algorithm ?? 'ES256')
    return createManageKeys({ store: store(), makeKey, audit: createAuditLog(db.prisma, () => {}), policy })
  }
  const states = async () => (await store().read()).keys.map(({ state }) => state)
  const one = async (state: string) => (await store().read()).keys.find((key) => key.state === state)
  const age = (ms: number) =>
    db.prisma
      .$executeRaw`UPDATE signing_keys SET signs_at = signs_at - make_interval(secs => ${ms / 1000}), expires_at = expires_at - make_interval(secs => ${ms / 1000})`
  beforeEach(() => db.prisma.signingKey.deleteMany())

  test('of several first starts at once one makes the key and all read it', async () => {
    await Promise.all([1, 2, 3, 4].map(() => instance().start()))
    expect(await states()).toEqual(['current'])
  })

  test('KY-3 by schedule: published ten minutes ahead, then signs, and the old one stays until its last token is dead', async () => {
    const keys = instance()
    await keys.start()
    const old = await one('current')
    await age(days(90) - minutes(11))
    await keys.upkeep()
    expect(await states()).toEqual(['current'])
    await age(minutes(1))
    await keys.upkeep()
    expect(await states()).toEqual(['current', 'next'])
    const { now } = await store().read()
    const ahead = ((await one('next'))?.signsAt.getTime() ?? 0) - now.getTime()
    expect(ahead).toBeGreaterThan(minutes(10) - seconds(30))
    expect(ahead).toBeLessThanOrEqual(minutes(10))
    await age(minutes(10))
    await keys.upkeep()
    expect(await states()).toEqual(['retiring', 'current'])
    expect((await one('retiring'))?.kid).toBe(old?.kid)
    await age(days(1) + late - seconds(30))
    await keys.upkeep()
    expect(await states()).toEqual(['retiring', 'current'])
    await age(seconds(31))
    await keys.upkeep()
    expect(await states()).toEqual(['current'])
  })

  test('of many instances and a command at once one acts', async () => {
    await instance().start()
    await age(days(90))
    await Promise.all([1, 2, 3, 4].flatMap(() => [instance().upkeep(), instance().rotate({ soon: false })]))
    expect(await states()).toEqual(['current', 'next'])
    await age(minutes(10))
    await Promise.all([1, 2, 3, 4].map(() => instance().upkeep()))
    expect(await states()).toEqual(['retiring', 'current'])
  })

  test('an operator rotates, at the usual pace and soon; a second order changes nothing', async () => {
    const keys = instance()
    await keys.start()
    expect((await keys.rotate({ soon: false })).kind).toBe('published')
    expect((await keys.rotate({ soon: false })).kind).toBe('under-way')
    const hastened = await keys.rotate({ soon: true })
    expect(hastened.kind).toBe('hastened')
    const { now } = await store().read()
    expect(hastened.key.signsAt.getTime() - now.getTime()).toBeLessThanOrEqual(seconds(5))
    expect((await keys.rotate({ soon: true })).kind).toBe('under-way')
    await keys.upkeep()
    expect(await states()).toEqual(['current', 'next'])
    await age(seconds(5))
    await keys.upkeep()
    expect(await states()).toEqual(['retiring', 'current'])
  })

  test('a key outlives the longest token it can have signed, though lifetimes are shorter now', async () => {
    await instance().start()
    await lengthenKeyLives(db.prisma, days(30))
    await lengthenKeyLives(db.prisma, days(1))
    await instance().rotate({ soon: true })
    await age(seconds(5))
    await instance().upkeep()
    const { now } = await store().read()
    const left = ((await one('retiring'))?.expiresAt?.getTime() ?? 0) - now.getTime()
    expect(left).toBeGreaterThan(days(30))
  })

  test('another algorithm at a start: a key of it signs, the old one retires, one that waited goes', async () => {
    await instance().start()
    await instance().rotate({ soon: false })
    await instance({ algorithm: 'RS256' }).start()
    const { keys } = await store().read()
    expect(keys.map(({ state, alg }) => [state, alg])).toEqual([
      ['retiring', 'ES256'],
      ['current', 'RS256'],
    ])
    await instance({ algorithm: 'RS256' }).start()
    expect(await states()).toEqual(['retiring', 'current'])
  })

  test('a command begins no key beside one that signs, whatever the algorithm', async () => {
    await Promise.all([1, 2].map(() => instance({ algorithm: null }).start()))
    expect(await states()).toEqual(['current'])
    await instance({ algorithm: 'RS256' }).start()
    await instance({ algorithm: null }).start()
    expect((await one('current'))?.alg).toBe('RS256')
    expect(await states()).toEqual(['retiring', 'current'])
  })

  test('drop: the key is gone at once; the current one has a successor, the next key or a fresh one', async () => {
    const keys = instance()
    await keys.start()
    const first = (await one('current'))?.kid ?? ''
    expect(await keys.drop(first)).toMatchObject({ kind: 'dropped', dropped: { kid: first } })
    expect(await states()).toEqual(['current'])
    await keys.rotate({ soon: false })
    const [second, next] = [(await one('current'))?.kid ?? '', (await one('next'))?.kid]
    expect(await keys.drop(second)).toMatchObject({ kind: 'dropped', current: { kid: next } })
    expect(await states()).toEqual(['current'])
    expect(await keys.drop(second)).toEqual({ kind: 'not-found' })
  })

  test('LG-2 each step leaves a row, with the key and the reason', async () => {
    await db.prisma.signingKey.deleteMany()
    const [last] = await createAuditReader(db.prisma).tail(1)
    const keys = instance()
    await keys.start()
    await keys.rotate({ soon: true })
    await age(seconds(5))
    await keys.upkeep()
    await keys.drop((await one('current'))?.kid ?? '')
    const rows = await createAuditReader(db.prisma).after(last?.id ?? 0n)
    expect(rows.map(({ event, reason }) => [event, reason])).toEqual([
      ['key.begin', 'first_start'],
      ['key.publish', 'command_line'],
      ['key.promote', 'schedule'],
      ['key.replace', 'command_line'],
    ])
    for (const { detail } of rows) expect(detail).toMatchObject({ kid: expect.stringMatching(/^key-/) })
  })

  test('another secret than the one the database was made with is refused by name', async () => {
    const one = { present: 'one', previous: null }
    await acceptSecret(db.prisma, 'AUTH_SECRET', one)
    expect(await acceptSecret(db.prisma, 'AUTH_SECRET', one)).toBe('known')
    const wrong = [
      { present: 'two', previous: null },
      { present: 'two', previous: 'three' },
    ]
    for (const marks of wrong)
      await expect(acceptSecret(db.prisma, 'AUTH_SECRET', marks)).rejects.toThrow(
        /AUTH_SECRET(_PREVIOUS)? is (not )?the one/,
      )
  })

  test('beside the secret of before another one is taken, and everything sealed is sealed anew, all or nothing', async () => {
    await instance().start()
    await instance().rotate({ soon: false })
    await acceptSecret(db.prisma, 'AUTH_SECRET', { present: 'one', previous: null })
    const sealed = async () => (await store().read()).keys.map(({ sealedPrivate }) => sealedPrivate)
    const marks = { present: 'two', previous: 'one' }
    let calls = 0
    const half = () => {
      if (++calls === 2) throw new Error('The second one does not open.')
      return 'half'
    }
    await expect(acceptSecret(db.prisma, 'AUTH_SECRET', marks, half)).rejects.toThrow('does not open')
    expect(await sealed()).toEqual(['sealed', 'sealed'])
    const both = [1, 2].map(() => acceptSecret(db.prisma, 'AUTH_SECRET', marks, () => 'sealed anew'))
    expect((await Promise.all(both)).sort()).toEqual(['known', 'replaced'])
    expect(await sealed()).toEqual(['sealed anew', 'sealed anew'])
    await expect(acceptSecret(db.prisma, 'AUTH_SECRET', { present: 'one', previous: null })).rejects.toThrow()
  })

  test('at every start beside the secret of before: what a slower server has sealed meanwhile is sealed anew', async () => {
    await db.prisma.secretFingerprint.deleteMany()
    await instance().start()
    await acceptSecret(db.prisma, 'AUTH_SECRET', { present: 'two', previous: null })
    const marks = { present: 'two', previous: 'one' }
    expect(await acceptSecret(db.prisma, 'AUTH_SECRET', marks, (kid) => `${kid} anew`)).toBe('known')
    const { keys } = await store().read()
    expect(keys.map(({ sealedPrivate }) => sealedPrivate)).toEqual(keys.map(({ kid }) => `${kid} anew`))
  })

  test('a command is told which secret is the database’s, and replaces none', async () => {
    await db.prisma.secretFingerprint.deleteMany()
    const ask = (present: string, previous: string | null) =>
      knownSecret(db.prisma, 'AUTH_SECRET', { present, previous })
    expect(await ask('one', null)).toBe('present')
    expect(await ask('two', 'one')).toBe('previous')
    expect(await ask('one', 'two')).toBe('present')
    await expect(ask('two', null)).rejects.toThrow('AUTH_SECRET is not the one')
    await expect(ask('two', 'three')).rejects.toThrow('Neither AUTH_SECRET nor')
    expect(await acceptSecret(db.prisma, 'AUTH_SECRET', { present: 'one', previous: null })).toBe('known')
  })
})
