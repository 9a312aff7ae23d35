import { describe, expect, test } from 'vitest'
import { aSession, aUser } from '#lib/testing/builders'
import { LiveView } from './live-view'

const now = new Date('2026-11-24T12:00:00Z')
const ada = aUser({ id: '00000000-0000-4000-8000-00000000ada0' })
const bob = aUser({ id: '00000000-0000-4000-8000-00000000b0b0' })
const grants = { groups: [], permissions: [] }
const view = (id: string, user = ada) => ({ session: aSession({ id, userId: user.id }), user, now, grants })
const nothing = { sessionId: null, userId: null }

function filled(...views: ReturnType<typeof view>[]) {
  const live = new LiveView(3)
  for (const seen of views) live.finish(live.begin(seen.session.id), seen)
  return live
}

test('what was read is found again', () => {
  expect(filled(view('a')).get('a')).toEqual(view('a'))
  expect(filled(view('a')).get('b')).toBeNull()
})

test('the one unused for longest goes when there are too many, and its user’s entry with it', () => {
  const live = filled(view('a', bob), view('b'), view('c'))
  live.get('a')
  live.finish(live.begin('d'), view('d'))
  expect(['a', 'b', 'c', 'd'].filter((sid) => live.get(sid))).toEqual(['a', 'c', 'd'])
})

test('a million sessions seen leave no more than the limit', () => {
  const live = new LiveView(1000)
  const seen = view('any')
  for (let i = 0; i < 1_000_000; i++) live.finish(live.begin(`s${i}`), seen)
  expect(live.size).toBe(1000)
  // Nothing is left behind under the user either: forgetting the user empties it.
  live.changed({ sessionId: null, userId: ada.id })
  expect(live.size).toBe(0)
})

describe('a change', () => {
  test('of a session forgets it alone', () => {
    const live = filled(view('a'), view('b'))
    live.changed({ sessionId: 'a', userId: null })
    expect([live.get('a'), live.get('b')]).toEqual([null, view('b')])
  })

  test('of a user forgets all of theirs and nobody else’s', () => {
    const live = filled(view('a'), view('b'), view('c', bob))
    live.changed({ sessionId: null, userId: ada.id })
    expect([live.get('a'), live.get('b')]).toEqual([null, null])
    expect(live.get('c')).not.toBeNull()
  })

  test('of nobody knows what forgets everything', () => {
    const live = filled(view('a'), view('c', bob))
    live.changed(nothing)
    expect(live.size).toBe(0)
  })
})

describe('a read that a change has overtaken is dropped:', () => {
  test.each([
    ['of the session', { sessionId: 'a', userId: null }],
    ['of its user, whom nobody knew before the read', { sessionId: null, userId: ada.id }],
    ['of everything', nothing],
  ])('%s', (_, change) => {
    const live = new LiveView(3)
    const fill = live.begin('a')
    live.changed(change)
    live.finish(fill, view('a'))
    expect(live.get('a')).toBeNull()
  })

  test('a change of somebody else spoils nothing', () => {
    const live = new LiveView(3)
    const fill = live.begin('a')
    live.changed({ sessionId: 'b', userId: null })
    live.changed({ sessionId: null, userId: bob.id })
    live.finish(fill, view('a'))
    expect(live.get('a')).not.toBeNull()
  })

  test('a change after the read forgets it', () => {
    const live = filled(view('a'))
    live.changed({ sessionId: 'a', userId: null })
    expect(live.get('a')).toBeNull()
  })
})
