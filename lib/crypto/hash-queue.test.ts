import { describe, expect, test } from 'vitest'
import { createHashQueue } from './hash-queue'

const job = (from: string | null, name: string | number = '') => ({ share: 'whole' as const, from, name })
const queueOf = (limit: number) => createHashQueue<ReturnType<typeof job>>(limit)
/** How many of so many jobs of one network found room. */
const fill = (queue: ReturnType<typeof queueOf>, from: string | null, times = 100) =>
  Array.from({ length: times }, () => queue.push(job(from))).filter(Boolean).length
const drain = (queue: ReturnType<typeof queueOf>) => {
  const names: (string | number)[] = []
  for (let next = queue.shift(); next; next = queue.shift()) names.push(next.name)
  return names
}

describe('no network may hold more of the queue than it leaves to others', () => {
  test('one that comes alone gets half', () => {
    const queue = queueOf(64)
    expect([fill(queue, 'a'), queue.length]).toEqual([32, 32])
  })

  test('three that want all of it leave room for a fourth, and a stranger with one job always finds some', () => {
    const queue = queueOf(64)
    for (const from of ['a', 'b', 'c', 'a', 'b', 'c']) fill(queue, from)
    expect(queue.length).toBeLessThanOrEqual(60)
    expect(queue.push(job('d'))).toBe(true)
  })

  test.each([1, 5, 20, 40])('%d of them do not fill it, in whatever order they come', (networks) => {
    const queue = queueOf(64)
    for (let round = 0; round < 70; round++) for (let n = 0; n < networks; n++) queue.push(job(`n${n}`))
    expect(queue.push(job('another'))).toBe(true)
  })

  test('work of nobody’s network, the command line’s, may fill it', () => {
    expect(fill(queueOf(64), null)).toBe(64)
  })

  test('what was taken out leaves its room', () => {
    const queue = queueOf(4)
    expect(fill(queue, 'a')).toBe(2)
    queue.shift()
    expect(fill(queue, 'a')).toBe(1)
    const given = job('b')
    expect([queue.push(given), queue.push(job('c'))]).toEqual([true, true])
    expect(queue.push(job('d'))).toBe(false)
    queue.remove(given)
    queue.remove(given)
    expect([queue.push(job('d')), queue.push(job('e'))]).toEqual([true, false])
  })
})

describe('the networks take turns', () => {
  test('who comes last waits for one job of each other, not for all of them', () => {
    const queue = queueOf(64)
    for (let i = 1; i <= 3; i++) queue.push(job('a', `a${i}`))
    for (let i = 1; i <= 2; i++) queue.push(job('b', `b${i}`))
    queue.push(job('c', 'c1'))
    expect(drain(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3'])
  })

  test('who has just had a turn and comes again stands behind the others', () => {
    const queue = queueOf(64)
    for (const name of ['a1', 'b1']) queue.push(job(name.charAt(0), name))
    expect(queue.shift()?.name).toBe('a1')
    queue.push(job('a', 'a2'))
    expect(drain(queue)).toEqual(['b1', 'a2'])
  })

  test('networks of one IPv6 site stand in one line: a customer with 65 536 of them is one stranger', () => {
    const queue = queueOf(64)
    for (let i = 0; i < 100; i++) queue.push(job(`2001:db8:7:${i.toString(16)}::/64`, i))
    expect(queue.length).toBe(32)
    queue.push(job('192.0.2.7', 'other'))
    expect(drain(queue).indexOf('other')).toBe(1)
  })

  test('those of one network keep their order', () => {
    const queue = queueOf(64)
    for (let i = 0; i < 5; i++) queue.push(job('a', i))
    expect(drain(queue)).toEqual([0, 1, 2, 3, 4])
  })
})

test('all that wait can be sent home', () => {
  const queue = queueOf(64)
  for (const name of ['a1', 'b1', 'a2']) queue.push(job(name.charAt(0), name))
  expect(queue.clear().map(({ name }) => name)).toHaveLength(3)
  expect([queue.length, queue.shift()]).toEqual([0, undefined])
})
