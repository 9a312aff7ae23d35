import { expect, test } from 'vitest'
import { hours, minutes } from './duration'
import { throttleRule } from './throttle'

test('failed logins of one account from one address: 5 in 15 minutes, then a minute, doubling to an hour', () => {
  expect(throttleRule('loginPair', 1)).toEqual({
    limit: 5,
    windowMs: minutes(15),
    pause: { firstMs: minutes(1), capMs: hours(1) },
  })
})

test('failed logins of one address: 30 in 15 minutes, then until the window ends', () => {
  expect(throttleRule('loginAddress', 1)).toEqual({ limit: 30, windowMs: minutes(15), pause: null })
})

test('calls of one client: 600 in a minute; its failed proofs from one address: 30 in 15 minutes', () => {
  expect(throttleRule('client', 1)).toEqual({ limit: 600, windowMs: minutes(1), pause: null })
  expect(throttleRule('clientAddress', 1)).toEqual({ limit: 30, windowMs: minutes(15), pause: null })
})

test.each<[number, number]>([
  [1, 5],
  [2, 10],
  [1000, 5000],
  [0.5, 3],
  [0.3, 2],
  [0.1, 1],
  [0.000001, 1],
])('TH-8: a scale of %d makes the limit %d, and never zero', (scale, limit) => {
  expect(throttleRule('loginPair', scale).limit).toBe(limit)
  expect(throttleRule('loginPair', scale).windowMs).toBe(minutes(15))
})
