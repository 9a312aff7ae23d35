/** A clock that stands still until a test moves it. */

export interface FixedClock {
  now(): Date
  advance(ms: number): void
}

/** A whole second, so that a token's times and a row's are the same instant. */
export const START = new Date('2026-03-01T12:00:00.000Z')

export function fixedClock(start: Date = START): FixedClock {
  let at = start.getTime()
  return {
    now: () => new Date(at),
    advance(ms) {
      at += ms
    },
  }
}

/** An instant that many milliseconds away from another. */
export const later = (from: Date, ms: number) => new Date(from.getTime() + ms)
