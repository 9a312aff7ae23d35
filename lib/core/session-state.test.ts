import { describe, expect, test } from 'vitest'
import { aView } from '#lib/testing/builders'
import { later, START } from '#lib/testing/fixed-clock'
import type { RevokedReason, SessionRecord, UserRecord } from './records'
import { isOver } from './rotation'
import { rotationFacts, sessionOver, type OverReason } from './session-state'

const revoked = (revokedReason: RevokedReason) => ({ revokedAt: START, revokedReason })
const past = { idleExpiresAt: START }

test.each<[string, Partial<SessionRecord>, Partial<UserRecord>, OverReason | null]>([
  ['a session within its time lives', {}, {}, null],
  ['one of a disabled user is over', {}, { isActive: false }, 'inactive'],
  ['disabled stands before revoked', revoked('logout'), { isActive: false }, 'inactive'],
  ['disabled stands before a changed password', revoked('password_changed'), { isActive: false }, 'inactive'],
  ['disabled stands before expired', past, { isActive: false }, 'inactive'],
  ['one revoked by a password change says so', revoked('password_changed'), {}, 'password_changed'],
  ['one of an older epoch says so', {}, { epoch: 1 }, 'password_changed'],
  ['one of a later epoch is no session of this user’s', { epoch: 1 }, {}, 'password_changed'],
  ['one logged out is revoked', revoked('logout'), {}, 'revoked'],
  ['one superseded is revoked', revoked('superseded'), {}, 'revoked'],
  ['one ended for reuse is revoked', revoked('reuse'), {}, 'revoked'],
  ['a logout stays a logout after a later password change', revoked('logout'), { epoch: 1 }, 'revoked'],
  ['revoked stands before expired', { ...past, ...revoked('logout') }, {}, 'revoked'],
  ['one at its idle end is expired', past, {}, 'expired'],
  ['one 1 ms before its idle end lives', { idleExpiresAt: later(START, 1) }, {}, null],
  ['one at its absolute end is expired', { absoluteExpiresAt: START }, {}, 'expired'],
  ['one 1 ms before its absolute end lives', { absoluteExpiresAt: later(START, 1) }, {}, null],
])('%s', (_, session, user, reason) => {
  const view = aView({ session, user })
  expect(sessionOver(view)).toBe(reason)
  // The check and the rotation must never disagree about who lives.
  expect(isOver(rotationFacts(view), view.now)).toBe(reason !== null)
})

describe('the facts that rotation judges', () => {
  test('are those of the row', () => {
    const session = { generation: 3, parentTag: 'tag', confirmedAt: START }
    expect(rotationFacts(aView({ session }))).toMatchObject({ alive: true, ...session })
  })
})
