import { expect, test } from 'vitest'
import { days, hours, minutes, parseDuration, seconds } from './duration'

test('the units build on one another, in milliseconds', () => {
  expect([seconds(1), minutes(1), hours(1), days(1)]).toEqual([1000, 60_000, 3_600_000, 86_400_000])
})

test.each<[string, number | null]>([
  ['300', 300_000],
  ['0', 0],
  ['5s', 5000],
  ['5m', 300_000],
  ['12h', 43_200_000],
  ['14d', 1_209_600_000],
  [' 5m ', 300_000],
  ['007', 7000],
  ['999999999', 999_999_999_000],
  ['1000000000', null],
  ['', null],
  ['m', null],
  ['-5', null],
  ['+5', null],
  ['5.5', null],
  ['1e3', null],
  ['0x10', null],
  ['5 m', null],
  ['5M', null],
  ['5ms', null],
  ['5m5s', null],
  ['5w', null],
  ['five', null],
  ['\u0665', null],
  ['Infinity', null],
])('%j is %s milliseconds', (text, ms) => expect(parseDuration(text)).toBe(ms))
