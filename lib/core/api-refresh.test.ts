import { expect, test } from 'vitest'
import { decideApiRefresh, type ApiRefreshPolicy } from './api-refresh'

const both = { rotate: true, singleUse: true }
const lenient = { rotate: true, singleUse: false }
const still = { rotate: false, singleUse: true }
const off = { rotate: false, singleUse: false }

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
  expect(decideApiRefresh({ over: false, generation: 3 }, { generation, tag: 'any' }, policy)).toBe(outcome)
})

test.each([0, 2, 3, 4])('a session that is over denies generation %d, without an alarm', (generation) => {
  for (const policy of [both, lenient, still, off])
    expect(decideApiRefresh({ over: true, generation: 3 }, { generation, tag: 'any' }, policy)).toBe('denied')
})
