/** The counters of attempts in memory, under the promises of the Throttle port and the rules of core. Who waits, waits for ever. */
import type { Throttle, ThrottleKey } from '#lib/core/ports'
import { throttleRule } from '#lib/core/throttle'
import type { FixedClock } from './fixed-clock'

interface Counter {
  count: number
  pending: number
  windowEnds: number
  blockedUntil: number
}

export interface MemoryThrottle extends Throttle {
  /** Failures counted against a key at present. */
  count(key: ThrottleKey): number
  /** Attempts under way. */
  pending(key: ThrottleKey): number
  /** Every key that was ever counted or held against. */
  keys(): ThrottleKey[]
}

export function memoryThrottle(clock: FixedClock, scale = 1): MemoryThrottle {
  const counters = new Map<string, Counter>()
  /** Those who wait for attempts under way. */
  let waiting: (() => void)[] = []
  const idOf = ({ name, subject }: ThrottleKey) => `${name}\0${subject}`
  const at = () => clock.now().getTime()
  const counterOf = (key: ThrottleKey): Counter => {
    const counter = counters.get(idOf(key)) ?? { count: 0, pending: 0, windowEnds: 0, blockedUntil: 0 }
    if (counter.windowEnds <= at()) Object.assign(counter, { count: 0, windowEnds: 0 })
    counters.set(idOf(key), counter)
    return counter
  }
  const pauseOf = (keys: ThrottleKey[]) => Math.max(0, ...keys.map((key) => counterOf(key).blockedUntil - at()))
  const isCrowded = (key: ThrottleKey) => {
    const { count, pending } = counterOf(key)
    return pending >= Math.max(1, throttleRule(key.name, scale).limit - count)
  }

  const count = (key: ThrottleKey) => {
    const { limit, windowMs, pause } = throttleRule(key.name, scale)
    const counter = counterOf(key)
    counter.count += 1
    counter.windowEnds ||= at() + windowMs
    if (counter.count < limit) return
    const pauseMs = pause && Math.min(pause.capMs, pause.firstMs * 2 ** Math.min(20, counter.count - limit))
    counter.blockedUntil = pauseMs === null ? counter.windowEnds : at() + pauseMs
    if (pauseMs !== null) counter.windowEnds = counter.blockedUntil + windowMs
  }
  const settle = (keys: ThrottleKey[]) => {
    for (const key of keys) counterOf(key).pending = Math.max(0, counterOf(key).pending - 1)
    const woken = waiting
    waiting = []
    for (const wake of woken) wake()
  }

  return {
    count: (key) => counters.get(idOf(key))?.count ?? 0,
    pending: (key) => counters.get(idOf(key))?.pending ?? 0,
    keys: () =>
      [...counters.keys()].map((id) => {
        const [name = '', subject = ''] = id.split('\0')
        return { name: name as ThrottleKey['name'], subject }
      }),
    async take(keys) {
      const wait = pauseOf(keys)
      if (wait > 0) return { kind: 'wait', retryAfterMs: wait }
      keys.forEach(count)
      return { kind: 'go' }
    },
    async refund(keys) {
      for (const key of keys) {
        const counter = counterOf(key)
        if (counter.count > 0) Object.assign(counter, { count: counter.count - 1, blockedUntil: 0 })
      }
    },
    async reserve(keys, { patient = true } = {}) {
      for (;;) {
        const wait = pauseOf(keys)
        if (wait > 0) return { kind: 'wait', retryAfterMs: wait }
        if (!keys.some(isCrowded)) break
        if (!patient) return { kind: 'wait', retryAfterMs: 1000 }
        await new Promise<void>((wake) => waiting.push(wake))
      }
      for (const key of keys) counterOf(key).pending += 1
      return { kind: 'go' }
    },
    async fail(keys) {
      keys.forEach(count)
      settle(keys)
    },
    async release(keys) {
      settle(keys)
    },
    async clear(key) {
      Object.assign(counterOf(key), { count: 0, windowEnds: 0, blockedUntil: 0 })
    },
  }
}
