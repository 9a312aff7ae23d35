/**
 * The rule of rotation, searched through: every interleaving of a small world, on the functions that the store and the gate use
 * (docs/design.md, section 4). And the same search on mutants of the rule, each of which has to be found out by an invariant.
 */
import { describe, expect, test } from 'vitest'
import { search, type SearchResult } from '#lib/testing/rotation-search/search'
import { tickMs, type Bounds, type Decision, type Rules } from '#lib/testing/rotation-search/world'
import { carryOut, decideConfirmation, decideRotation, sendsRefreshCookie } from './rotation'

/** G ≥ D and R > 2D + F, as section 4 demands, and no more than that. */
const small = { longestRequest: 1, longestReply: 1, rotationAge: 4, lateWindow: 1 }
const slow = { longestRequest: 2, longestReply: 2, rotationAge: 7, lateWindow: 2 }
const policyOf = ({ rotationAge, lateWindow }: typeof small) => ({
  rotationAgeMs: rotationAge * tickMs,
  lateWindowMs: lateWindow * tickMs,
})
const policy = policyOf(small)

const real: Rules = {
  decide: decideRotation,
  confirms: (session, presented, now) => decideConfirmation(session, presented, now) === 'confirm',
  carryOut,
  sendsRefresh: sendsRefreshCookie,
  policy,
  skews: [0],
  atomic: true,
  errorDeletes: false,
  tracksRotation: false,
}

describe('the rule holds:', () => {
  test.each<[string, Bounds]>([
    ['four messages in flight, nobody steals', { ...small, messages: 4, thief: false }],
    ['three messages in flight and a thief with perfect timing', { ...small, messages: 3, thief: true }],
    ['slower messages, three in flight, nobody steals', { ...slow, messages: 3, thief: false }],
    ['slower messages, two in flight, and a thief', { ...slow, messages: 2, thief: true }],
  ])(
    '%s',
    (name, bounds) => {
      const result = search({ ...real, policy: policyOf(bounds) }, bounds)
      if (result.kind === 'holds') print(`${name}: ${result.worlds} worlds, ${result.steps} steps`)
      expect(result).toMatchObject({ kind: 'holds' })
    },
    120_000,
  )
})

/** The invariants of design.md, section 4, by the words that the search reports. */
const invariant = {
  older: 'a generation gives way only once it is confirmed and older than R',
  alarm: 'no alarm without a copy',
  cookie: 'an honest browser keeps an acceptable cookie at every instant',
  common: 'after a theft both parties obtain at most one generation in common',
  window: 'no token of a generation after its window',
  dead: 'dead stays dead',
  grandparent: 'nothing older than the parent is honoured',
  silence: 'a session that lives refuses nothing in silence',
}

/** Rules bent one at a time; docs/design.md, section 4, names them. */
const mutants: [string, keyof typeof invariant, Partial<Rules>][] = [
  ['no rotation age', 'older', { policy: { ...policy, rotationAgeMs: 0 } }],
  ['a rotation age that is not above 2D + F', 'older', { policy: { ...policy, rotationAgeMs: 3 * tickMs } }],
  ['no late window', 'alarm', { policy: { ...policy, lateWindowMs: -1 } }],
  [
    'the window measured from the last rotation',
    'cookie',
    {
      tracksRotation: true,
      decide: (session, presented, now, rules, row) => {
        const decision = decideRotation(session, presented, now, rules)
        return decision === 'reissue' && (row.rotated ?? 0) > small.lateWindow ? 'reuse' : decision
      },
    },
  ],
  [
    'the fork tag unchecked',
    'common',
    {
      decide: (session, { generation }, now, rules) =>
        decideRotation(session, { generation, tag: session.parentTag ?? '' }, now, rules),
    },
  ],
  [
    'a rotation confirms itself',
    'window',
    {
      carryOut: (session, presented, decision, now) => {
        const after = carryOut(session, presented, decision, now)
        return decision === 'rotate' ? { ...after, confirmedAt: now } : after
      },
    },
  ],
  [
    'the refresh cookie sent again with a new access token only',
    'window',
    { sendsRefresh: (decision) => decision === 'access-only' || sendsRefreshCookie(decision) },
  ],
  ['read, then write', 'dead', { atomic: false }],
  ['the application’s clock, two ticks off', 'older', { skews: [-2, 0, 2] }],
  ['an error deletes the cookie', 'cookie', { errorDeletes: true }],
  [
    'the window slides with each re-issue',
    'window',
    {
      carryOut: (session, presented, decision, now) => {
        const after = carryOut(session, presented, decision, now)
        return decision === 'reissue' && session.confirmedAt !== null ? { ...after, confirmedAt: now } : after
      },
    },
  ],
  [
    'a generation rotates unconfirmed',
    'older',
    {
      decide: (session, presented, now, rules): Decision => {
        const decision = decideRotation(session, presented, now, rules)
        return decision === 'confirm-and-access' ? 'rotate' : decision
      },
    },
  ],
  [
    'the grandparent is honoured',
    'grandparent',
    {
      decide: (session, presented, now, rules): Decision => {
        const decision = decideRotation(session, presented, now, rules)
        return decision === 'reuse' && presented.generation < session.generation - 1 ? 'reissue' : decision
      },
    },
  ],
  [
    'a session that is over can alarm',
    'dead',
    { decide: (session, presented, now, rules) => decideRotation({ ...session, alive: true }, presented, now, rules) },
  ],
  [
    'expiry before reuse: a copy that has run out raises no alarm',
    'silence',
    {
      decide: (session, presented, now, rules): Decision => {
        const decision = decideRotation(session, presented, now, rules)
        return decision === 'reuse' ? 'denied' : decision
      },
    },
  ],
]

describe('a bent rule is found out:', () => {
  test.each(mutants)(
    '%s',
    (_, found, bend) => {
      const rules = { ...real, ...bend }
      const honest = search(rules, { ...small, messages: 3, thief: false })
      const result = honest.kind === 'broken' ? honest : search(rules, { ...small, messages: 2, thief: true })
      tell(result)
      expect(result).toMatchObject({ kind: 'broken', invariant: invariant[found] })
    },
    60_000,
  )

  test.each([
    ['R of 2D + F', { rotationAge: 3 }],
    ['G below D', { lateWindow: 0 }],
  ])('%s throws an honest person out, so the bounds of section 4 are tight', (_, tighter) => {
    const bounds = { ...small, ...tighter, messages: 3, thief: false, onlyHarm: true }
    const result = search({ ...real, policy: policyOf(bounds) }, bounds)
    tell(result)
    expect(result.kind).toBe('broken')
  })
})

function tell(result: SearchResult) {
  if (result.kind === 'broken') print([`Broken: ${result.invariant}.`, ...result.trace].join('\n  '))
}

const print = (lines: string) => process.stdout.write(`${lines}\n`)
