import { describe, expect, test } from 'vitest'
import type { AuditEntry } from '#lib/core/audit'
import { aContext } from '#lib/testing/builders'
import { createAuditSample } from './audit-sample'

const limits = { first: 3, windowMs: 1000, most: 5 }
const refused = (over: Partial<AuditEntry> = {}): AuditEntry => ({
  event: 'csrf.refused',
  outcome: 'failure',
  reason: 'cross_site',
  context: aContext(),
  ...over,
})
const from = (network: string) => aContext({ network })
const admitted = (sample: ReturnType<typeof createAuditSample>, entries: AuditEntry[], at = 0) =>
  entries.filter((entry) => sample.admit(entry, at)).length

describe('of what a stranger repeats', () => {
  test('the first few of a window are written, then one row says how many were not', () => {
    const sample = createAuditSample(limits)
    expect(
      admitted(
        sample,
        Array.from({ length: 100 }, () => refused()),
      ),
    ).toBe(3)
    expect([sample.due(999), sample.owes()]).toEqual([[], true])
    expect(sample.due(1000)).toEqual([
      {
        ...refused({ reason: 'left_out', detail: { left_out: 97, of: 'cross_site', window_s: 1 } }),
        sessionId: undefined,
        subjectId: undefined,
      },
    ])
    expect([sample.due(1000), sample.owes()]).toEqual([[], false])
  })

  test('a window in which nothing was left out says nothing', () => {
    const sample = createAuditSample(limits)
    expect(admitted(sample, [refused(), refused(), refused()])).toBe(3)
    expect(sample.due(Infinity)).toEqual([])
  })

  test('the next window writes again, and what its forerunner left out is not forgotten', () => {
    const sample = createAuditSample(limits)
    admitted(
      sample,
      Array.from({ length: 5 }, () => refused()),
    )
    expect(
      admitted(
        sample,
        Array.from({ length: 5 }, () => refused()),
        1000,
      ),
    ).toBe(3)
    expect(sample.due(1000)).toMatchObject([{ detail: { left_out: 2 } }])
    expect(sample.due(2000)).toMatchObject([{ detail: { left_out: 2 } }])
  })

  test('each address, event, reason and session counts for itself', () => {
    const sample = createAuditSample({ ...limits, most: 100 })
    const kinds = [
      refused(),
      refused({ context: from('198.51.100.1') }),
      refused({ event: 'refresh.denied', reason: 'expired', sessionId: 'a' }),
      refused({ event: 'refresh.denied', reason: 'expired', sessionId: 'b' }),
      refused({ event: 'register', reason: 'invalid' }),
      refused({ event: 'register', reason: 'throttled' }),
      refused({ event: 'login', reason: 'throttled' }),
    ]
    for (const kind of kinds)
      expect(
        admitted(
          sample,
          Array.from({ length: 9 }, () => kind),
        ),
      ).toBe(3)
  })

  test('however many addresses and sessions there are, no more are counted apart, and the rest share', () => {
    const sample = createAuditSample(limits)
    const many = Array.from({ length: 1000 }, (_, i) =>
      refused({ context: from(`198.51.100.${i}`), sessionId: `${i}` }),
    )
    expect(admitted(sample, many)).toBe(5 + 3)
    expect(sample.due(Infinity)).toMatchObject([{ detail: { left_out: 992 } }])
    // Windows that have ended make room.
    expect(admitted(sample, [refused()], 5000)).toBe(1)
  })
})

test.each<[string, Partial<AuditEntry>]>([
  ['a wrong password', { event: 'login', reason: 'wrong_password' }],
  ['a guess at a name that is none', { event: 'login', reason: 'unknown_user' }],
  ['a login', { event: 'login', outcome: 'success' }],
  ['a registration', { event: 'register', outcome: 'success' }],
  ['a reused token', { event: 'refresh.reuse', reason: 'reuse' }],
  ['a change of password that was refused', { event: 'password.change', reason: 'wrong_password' }],
])('every row of %s is written', (_, entry) => {
  expect(
    admitted(
      createAuditSample(limits),
      Array.from({ length: 50 }, () => refused(entry)),
    ),
  ).toBe(50)
})
