/** The counters of failed attempts in memory, under the promises of the Throttle port and the rules of core. */
import type { Throttle, ThrottleKey } from '#lib/core/ports'
import { throttleRule } from '#lib/core/throttle'
import type { FixedClock } from './fixed-clock'

interface Counter {
  count: number
  windowEnds: number
  blockedUntil: number
}

export interface MemoryThrottle extends Throttle {
  /** Attempts counted against a key at present. */
  count(key: ThrottleKey): number
  /** Every key that was ever counted against. */
  keys(): ThrottleKey[]
}

export function memoryThrottle(clock: FixedClock, scale = 1): MemoryThrottle {
  const counters = new Map<string, Counter>()
  const idOf = ({ name, subject }: ThrottleKey) => `${name}\0${subject}`
  const at = () => clock.now().getTime()
  const waiting = (key: ThrottleKey) => Math.max(0, (counters.get(idOf(key))?.blockedUntil ?? 0) - at())

  const count = (key: ThrottleKey) => {
    const { limit, windowMs, pause } = throttleRule(key.name, scale)
    const old = counters.get(idOf(key))
    const running = old && old.windowEnds > at() ? old : { count: 0, windowEnds: at() + windowMs }
    const next = { count: running.count + 1, windowEnds: running.windowEnds, blockedUntil: at() }
    if (next.count >= limit) {
      const pauseMs = pause && Math.min(pause.capMs, pause.firstMs * 2 ** Math.min(20, next.count - limit))
      next.blockedUntil = pauseMs === null ? next.windowEnds : at() + pauseMs
      next.windowEnds = pauseMs === null ? next.windowEnds : next.blockedUntil + windowMs
    }
    counters.set(idOf(key), next)
  }

  return {
    count: (key) => counters.get(idOf(key))?.count ?? 0,
    keys: () =>
      [...counters.keys()].map((id) => {
        const [name = '', subject = ''] = id.split('\0')
        return { name: name as ThrottleKey['name'], subject }
      }),
    async take(keys) {
      const wait = Math.max(...keys.map(waiting))
      if (wait > 0) return { kind: 'wait', retryAfterMs: wait }
      keys.forEach(count)
      return { kind: 'go' }
    },
    async refund(keys) {
      for (const key of keys) {
        const counter = counters.get(idOf(key))
        if (!counter || counter.count === 0) continue
        counter.count -= 1
        if (counter.count < throttleRule(key.name, scale).limit) counter.blockedUntil = at()
      }
    },
    async clear(key) {
      counters.delete(idOf(key))
    },
  }
}
