import { describe, expect, test } from 'vitest'
import { days, minutes } from '#lib/core/duration'
import { decideDrop, decideRotate, decideStart, decideUpkeep, type KeyFacts, type KeyState } from './key-ring'

const now = new Date('2026-03-01T12:00:00.000Z')
const at = (ms: number) => new Date(now.getTime() + ms)
const policy = { rotationAgeMs: days(90), publishAheadMs: minutes(10) }

const key = (state: KeyState, over: Partial<KeyFacts> = {}): KeyFacts => ({
  ...{ kid: state, alg: 'ES256', state, signsAt: at(-days(1)) },
  expiresAt: state === 'retiring' ? at(days(1)) : null,
  ...over,
})
const publishAge = days(90) - minutes(10)

describe('what time asks for', () => {
  test.each<[string, KeyFacts[], ReturnType<typeof decideUpkeep>]>([
    ['no key at all: one begins', [], { kind: 'begin' }],
    ['a young key: nothing', [key('current')], null],
    [
      'ten minutes before its time is up the next key is published',
      [key('current', { signsAt: at(-publishAge) })],
      { kind: 'publish', soon: false },
    ],
    ['and not a millisecond sooner', [key('current', { signsAt: at(-publishAge + 1) })], null],
    [
      'no second one beside a next key that waits',
      [key('current', { signsAt: at(-days(91)) }), key('next', { signsAt: at(1) })],
      null,
    ],
    [
      'the next key signs in the millisecond it was published for',
      [key('current'), key('next', { signsAt: now })],
      { kind: 'promote', kid: 'next' },
    ],
    [
      'a next key without a current one signs whatever the time',
      [key('next', { signsAt: at(1) })],
      { kind: 'promote', kid: 'next' },
    ],
    [
      'a retiring key goes when its last token is dead',
      [key('current'), key('retiring', { expiresAt: now })],
      { kind: 'forget', kid: 'retiring' },
    ],
    ['and stays a millisecond before', [key('current'), key('retiring', { expiresAt: at(1) })], null],
    [
      'that a key signs comes before that another goes',
      [key('retiring', { expiresAt: now }), key('current'), key('next', { signsAt: now })],
      { kind: 'promote', kid: 'next' },
    ],
  ])('%s', (_, keys, step) => expect(decideUpkeep(keys, now, policy)).toEqual(step))
})

describe('what a start asks for', () => {
  test.each<[string, KeyFacts[], string | null, boolean]>([
    ['the first one', [], 'ES256', true],
    ['with a key of the algorithm set', [key('current')], 'ES256', false],
    ['with a key of another algorithm', [key('current')], 'RS256', true],
    ['of a command, the first one', [], null, true],
    ['of a command, with whatever key', [key('current', { alg: 'PS384' })], null, false],
    [
      'a retiring key of the algorithm does not count',
      [key('current'), key('retiring', { alg: 'RS256' })],
      'RS256',
      true,
    ],
  ])('%s', (_, keys, algorithm, begins) =>
    expect(decideStart(keys, algorithm)).toEqual(begins ? { kind: 'begin' } : null),
  )
})

describe('what an operator asks for', () => {
  const waiting = [key('current'), key('next', { signsAt: at(minutes(10)) })]
  test.each<[string, unknown, unknown]>([
    ['rotate publishes', decideRotate([key('current')], now, { soon: false }), { kind: 'publish', soon: false }],
    ['rotate while one waits: nothing', decideRotate(waiting, now, { soon: false }), null],
    ['rotate --now', decideRotate([key('current')], now, { soon: true }), { kind: 'publish', soon: true }],
    [
      'rotate --now takes the one that waits',
      decideRotate(waiting, now, { soon: true }),
      { kind: 'hasten', kid: 'next' },
    ],
    [
      'one that signs in five seconds is soon enough',
      decideRotate([key('next', { signsAt: at(5000) })], now, { soon: true }),
      null,
    ],
    [
      'one that signs a millisecond later is not',
      decideRotate([key('next', { signsAt: at(5001) })], now, { soon: true }),
      { kind: 'hasten', kid: 'next' },
    ],
    [
      'drop of the current key, a fresh one after it',
      decideDrop([key('current')], 'current'),
      { kind: 'replace', kid: 'current', by: null },
    ],
    [
      'drop of the current key, the next one after it',
      decideDrop(waiting, 'current'),
      { kind: 'replace', kid: 'current', by: 'next' },
    ],
    ['drop of the next key', decideDrop(waiting, 'next'), { kind: 'drop', kid: 'next' }],
    [
      'drop of a retiring key',
      decideDrop([key('current'), key('retiring')], 'retiring'),
      { kind: 'drop', kid: 'retiring' },
    ],
    ['drop of a key that is not there', decideDrop(waiting, 'nobody'), null],
  ])('%s', (_, step, expected) => expect(step).toEqual(expected))
})
