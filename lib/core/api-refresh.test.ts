import { expect, test } from 'vitest'
import { decideApiRefresh, type ApiRefreshPolicy } from './api-refresh'

const both = { rotate: true, singleUse: true, tolerant: false }
const lenient = { rotate: true, singleUse: false, tolerant: false }
const still = { rotate: false, singleUse: true, tolerant: false }
const tolerant = { ...both, tolerant: true }
const off = { rotate: false, singleUse: false, tolerant: false }

test.each<[string, ApiRefreshPolicy, number, string]>([
  ['with both settings on the current token is used up for the next generation', both, 3, 'rotate'],
  ['a used token is reuse', both, 2, 'reuse'],
  ['a token used long ago is reuse', both, 0, 'reuse'],
  ['a generation never issued is denied without alarm', both, 4, 'denied'],
  ['with rotation alone both tokens come and the old one stays good', lenient, 3, 'both'],
  ['a token used up before single use was switched off stays used up', lenient, 2, 'reuse'],
  ['without rotation only an access token comes', still, 3, 'access-only'],
  ['without rotation and single use only an access token comes', off, 3, 'access-only'],
  ['a token used up before rotation was switched off stays used up', off, 2, 'reuse'],
  ['a generation never issued is denied without rotation, too', off, 4, 'denied'],
])('%s', (_, policy, generation, outcome) => {
  const session = { over: false, generation: 3, parentTag: 'parent' }
  expect(decideApiRefresh(session, { generation, tag: 'any' }, policy)).toBe(outcome)
})

test.each<[string, ApiRefreshPolicy, { generation: number; tag: string }, string]>([
  [
    'the parent is answered again while its child is unpresented',
    tolerant,
    { generation: 2, tag: 'parent' },
    'reissue',
  ],
  ['another token of the parent’s generation is a copy', tolerant, { generation: 2, tag: 'other' }, 'reuse'],
  ['a grandparent is a copy, whatever its tag', tolerant, { generation: 1, tag: 'parent' }, 'reuse'],
  ['the current token rotates at once', tolerant, { generation: 3, tag: 'any' }, 'rotate'],
  ['without tolerance the parent is a copy', both, { generation: 2, tag: 'parent' }, 'reuse'],
  [
    'without single use nothing is tolerated that was used up',
    { ...lenient, tolerant: true },
    { generation: 2, tag: 'parent' },
    'reuse',
  ],
])('tolerant: %s', (_, policy, presented, outcome) => {
  expect(decideApiRefresh({ over: false, generation: 3, parentTag: 'parent' }, presented, policy)).toBe(outcome)
})

test('tolerant: before the first rotation there is no parent', () => {
  const session = { over: false, generation: 0, parentTag: null }
  expect(decideApiRefresh(session, { generation: -1, tag: 'any' }, tolerant)).toBe('reuse')
})

test.each([0, 2, 3, 4])('a session that is over denies generation %d, without an alarm', (generation) => {
  for (const policy of [both, lenient, still, off, tolerant])
    expect(decideApiRefresh({ over: true, generation: 3, parentTag: 'any' }, { generation, tag: 'any' }, policy)).toBe(
      'denied',
    )
})
