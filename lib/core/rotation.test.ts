import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fixedClock, later, START } from '#lib/testing/fixed-clock'
import { days, minutes, seconds } from './duration'
import { decideConfirmation, decideRotation, isOver, type PresentedToken, type SessionFacts } from './rotation'

const R = minutes(5)
const G = seconds(30)
const policy = { rotationAgeMs: R, lateWindowMs: G }
const TAG = 'a'.repeat(32)
const OTHER = 'b'.repeat(32)
const now = later(START, days(1))

/** Generation 5, whose parent was the token with TAG, confirmed an hour ago. */
const facts = (over: Partial<SessionFacts> = {}): SessionFacts => ({
  alive: true,
  generation: 5,
  parentTag: TAG,
  confirmedAt: later(now, -minutes(60)),
  idleExpiresAt: later(now, days(13)),
  absoluteExpiresAt: later(now, days(29)),
  ...over,
})
const confirmed = (agoMs: number) => ({ confirmedAt: later(now, -agoMs) })
const ends = (name: 'idleExpiresAt' | 'absoluteExpiresAt', inMs: number) => ({ [name]: later(now, inMs) })
const shown = (generation: number, tag: string = TAG): PresentedToken => ({ generation, tag })

describe('what a refresh cookie deserves when its access token is no longer good', () => {
  test.each<[string, Partial<SessionFacts>, PresentedToken, string]>([
    // any: over
    ['a session that is not alive is denied', { alive: false }, shown(5), 'denied'],
    ['a session at its idle end is denied', ends('idleExpiresAt', 0), shown(5), 'denied'],
    ['a session 1 ms before its idle end goes on', ends('idleExpiresAt', 1), shown(5), 'rotate'],
    ['PR-3: a session at its absolute end is denied', ends('absoluteExpiresAt', 0), shown(5), 'denied'],
    ['a session 1 ms before its absolute end goes on', ends('absoluteExpiresAt', 1), shown(5), 'rotate'],
    ['a copy of a session that is over raises no alarm', { alive: false }, shown(2), 'denied'],
    ['a copy of a session past its end raises no alarm', ends('idleExpiresAt', 0), shown(2), 'denied'],
    [
      'the parent of a session that is over is not issued again',
      { alive: false, confirmedAt: null },
      shown(4),
      'denied',
    ],
    // g > gen
    ['a generation never issued is denied without alarm', {}, shown(6), 'denied'],
    ['a generation far ahead is denied without alarm', {}, shown(500), 'denied'],
    [
      'a generation never issued is denied while the current one is unconfirmed',
      { confirmedAt: null },
      shown(6),
      'denied',
    ],
    // g = gen
    [
      'an unconfirmed generation is confirmed and gets an access token',
      { confirmedAt: null },
      shown(5),
      'confirm-and-access',
    ],
    ['a generation confirmed just now gets an access token only', confirmed(0), shown(5), 'access-only'],
    ['a generation confirmed R - 1 ms ago gets an access token only', confirmed(R - 1), shown(5), 'access-only'],
    ['a generation confirmed exactly R ago is rotated', confirmed(R), shown(5), 'rotate'],
    ['a generation confirmed R + 1 ms ago is rotated', confirmed(R + 1), shown(5), 'rotate'],
    ['every copy of the current generation counts, whatever its tag', confirmed(R), shown(5, OTHER), 'rotate'],
    [
      'the first generation, without a parent, is rotated like any other',
      { generation: 0, parentTag: null },
      shown(0),
      'rotate',
    ],
    // g = gen - 1
    ['the parent is issued again while its child is unconfirmed', { confirmedAt: null }, shown(4), 'reissue'],
    ['the parent of a child confirmed just now is a late request', confirmed(0), shown(4), 'reissue'],
    ['the parent G - 1 ms after the confirmation is a late request', confirmed(G - 1), shown(4), 'reissue'],
    ['the parent exactly G after the confirmation is a late request', confirmed(G), shown(4), 'reissue'],
    ['the parent G + 1 ms after the confirmation is a copy', confirmed(G + 1), shown(4), 'reuse'],
    [
      'another copy of the parent generation is a copy, child unconfirmed',
      { confirmedAt: null },
      shown(4, OTHER),
      'reuse',
    ],
    ['another copy of the parent generation is a copy within G', confirmed(1), shown(4, OTHER), 'reuse'],
    ['without a parent tag nothing is a late request', { parentTag: null, confirmedAt: null }, shown(4), 'reuse'],
    // anything else
    ['the grandparent is a copy, even with the parent tag', { confirmedAt: null }, shown(3), 'reuse'],
    ['the first generation shown to the fifth is a copy', confirmed(0), shown(0), 'reuse'],
  ])('%s', (_, over, token, outcome) => {
    expect(decideRotation(facts(over), token, now, policy)).toBe(outcome)
  })

  test.each([minutes(10), days(1), days(13)])('an unconfirmed child is asked for again however late: %d ms', (late) => {
    const session = facts({ confirmedAt: null })
    expect(decideRotation(session, shown(4), later(now, late - 1), policy)).toBe('reissue')
  })

  test('with G = 0 the parent is late only at the very instant of the confirmation', () => {
    const strict = { rotationAgeMs: R, lateWindowMs: 0 }
    expect(decideRotation(facts(confirmed(0)), shown(4), now, strict)).toBe('reissue')
    expect(decideRotation(facts(confirmed(1)), shown(4), now, strict)).toBe('reuse')
  })
})

describe('what a refresh cookie does beside a good access token', () => {
  test.each<[string, Partial<SessionFacts>, PresentedToken, string]>([
    ['the current generation is confirmed', { confirmedAt: null }, shown(5), 'confirm'],
    ['a confirmed generation simply passes', confirmed(1), shown(5), 'pass'],
    ['a generation old enough to rotate simply passes', confirmed(R), shown(5), 'pass'],
    ['the parent confirms nothing', { confirmedAt: null }, shown(4), 'pass'],
    ['an old copy raises no alarm', {}, shown(2), 'pass'],
    ['a generation never issued confirms nothing', { confirmedAt: null }, shown(6), 'pass'],
    ['a session that is over is not confirmed', { alive: false, confirmedAt: null }, shown(5), 'pass'],
    [
      'a session at its idle end is not confirmed',
      { confirmedAt: null, ...ends('idleExpiresAt', 0) },
      shown(5),
      'pass',
    ],
    [
      'a session 1 ms before its idle end is confirmed',
      { confirmedAt: null, ...ends('idleExpiresAt', 1) },
      shown(5),
      'confirm',
    ],
  ])('%s', (_, over, token, outcome) => {
    expect(decideConfirmation(facts(over), token, now)).toBe(outcome)
  })
})

const anySession = fc.record({
  alive: fc.boolean(),
  generation: fc.nat(6),
  parentTag: fc.constantFrom(null, TAG, OTHER),
  confirmedAt: fc.option(fc.integer({ min: -R - 5, max: 0 }).map((ms) => later(now, ms))),
  idleExpiresAt: fc.integer({ min: -3, max: 3 }).map((ms) => later(now, ms)),
  absoluteExpiresAt: fc.integer({ min: -3, max: 3 }).map((ms) => later(now, ms)),
})
const anyToken = fc.record({ generation: fc.nat(8), tag: fc.constantFrom(TAG, OTHER) })

test('beside a good access token the cookie never denies, re-issues or raises an alarm, whatever it says', () => {
  fc.assert(
    fc.property(anySession, anyToken, (session, token) =>
      ['pass', 'confirm'].includes(decideConfirmation(session, token, now)),
    ),
  )
})

test('what is dead stays dead, and is never an alarm', () => {
  fc.assert(
    fc.property(anySession, anyToken, (session, token) => {
      if (isOver(session, now)) expect(decideRotation(session, token, now, policy)).toBe('denied')
    }),
  )
})

test('nothing older than the parent is ever honoured', () => {
  fc.assert(
    fc.property(anySession, anyToken, (session, token) => {
      fc.pre(token.generation < session.generation - 1)
      expect(['reuse', 'denied']).toContain(decideRotation(session, token, now, policy))
    }),
  )
})

/** The row as the store keeps it: one presentation after the other, the decision carried out on it. */
function sequentialRow(over: Partial<SessionFacts>) {
  const clock = fixedClock(now)
  const row = facts(over)
  return (token: PresentedToken, waitMs: number) => {
    clock.advance(waitMs)
    const decision = decideRotation(row, token, clock.now(), policy)
    if (decision === 'rotate')
      Object.assign(row, { generation: row.generation + 1, parentTag: token.tag, confirmedAt: null })
    if (decision === 'confirm-and-access') row.confirmedAt = clock.now()
    if (decision === 'reuse') row.alive = false
    return { decision, generation: row.generation }
  }
}

const waits = fc.oneof(fc.nat(2 * G), fc.constantFrom(0, 1, G, G + 1, R - 1, R, R + 1), fc.nat(2 * R))

test('any multiset of presentations of one token leads to at most one rotation and one generation', () => {
  fc.assert(
    fc.property(fc.array(waits, { maxLength: 40 }), fc.boolean(), (pauses, fresh) => {
      const present = sequentialRow(fresh ? { confirmedAt: null } : {})
      const seen = pauses.map((pause) => present(shown(5), pause))
      expect(seen.filter(({ decision }) => decision === 'rotate').length).toBeLessThanOrEqual(1)
      expect(Math.max(5, ...seen.map(({ generation }) => generation))).toBeLessThanOrEqual(6)
      // Every parallel asker passes: with nobody to confirm the child, the parent is only ever a late request.
      expect(seen.map(({ decision }) => decision)).not.toContain('reuse')
    }),
  )
})

test('of two copies of one generation at most one becomes the parent, and the other is caught when it comes back', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(waits, fc.constantFrom(TAG, OTHER)), { minLength: 1, maxLength: 40 }), (askers) => {
      const present = sequentialRow({})
      const seen = askers.map(([pause, tag]) => ({ tag, ...present(shown(5, tag), pause) }))
      const rotations = seen.filter(({ decision }) => decision === 'rotate')
      expect(rotations.length).toBeLessThanOrEqual(1)
      const parent = rotations[0]?.tag
      const reissued = seen.filter(({ decision }) => decision === 'reissue').map(({ tag }) => tag)
      expect(reissued.every((tag) => tag === parent)).toBe(true)
      if (parent && seen.some(({ tag }) => tag !== parent) && seen.at(-1)?.tag !== parent)
        expect(['reuse', 'denied']).toContain(seen.at(-1)?.decision)
    }),
  )
})
