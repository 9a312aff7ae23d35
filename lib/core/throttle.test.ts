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

test('failed logins of all networks of an IPv6 site: 300 in 15 minutes, then until the window ends', () => {
  expect(throttleRule('loginSite', 1)).toEqual({ limit: 300, windowMs: minutes(15), pause: null })
})

test('registrations: 10 per hour and address; refreshes of a program: 60 per minute and session', () => {
  expect(throttleRule('register', 1)).toEqual({ limit: 10, windowMs: hours(1), pause: null })
  expect(throttleRule('refreshApi', 1)).toEqual({ limit: 60, windowMs: minutes(1), pause: null })
})

test('a name that is typed counts as an account does: with another limit the 429 would tell which is which', () => {
  expect(throttleRule('loginName', 1)).toEqual(throttleRule('loginPair', 1))
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
