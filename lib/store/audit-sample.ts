/**
 * Which audit rows are written of what strangers can bring about as often as they like: per address and event the first few of a window,
 * then one that says how many were left out. Counted in each process for itself; the audit store asks and writes.
 *
 * What is a guess, a change or a success is not sampled: the throttle bounds the guesses, and the others need an account.
 */
import type { AuditEntry } from '#lib/core/audit'
import { minutes } from '#lib/core/duration'

export interface SampleLimits {
  /** Rows of one event, reason and address that are written in a window. */
  first: number
  windowMs: number
  /** Addresses and events counted apart; beyond them all addresses share. */
  most: number
}

export const sampleLimits: SampleLimits = { first: 5, windowMs: minutes(10), most: 10_000 }

interface Window {
  endsAt: number
  seen: number
  last: AuditEntry
}

export interface AuditSample {
  /** Whether this entry is written. `at`: milliseconds of a clock that only goes forward. */
  admit(entry: AuditEntry, at: number): boolean
  /** The rows about what was left out in windows that have ended by then; each comes once. */
  due(at: number): AuditEntry[]
  /** Whether something was left out that no row has told yet. */
  owes(): boolean
}

export function createAuditSample({ first, windowMs, most }: SampleLimits): AuditSample {
  const windows = new Map<string, Window>()
  const summaries: AuditEntry[] = []
  const close = (key: string, { seen, last }: Window) => {
    windows.delete(key)
    if (seen > first) summaries.push(summary(last, seen - first, windowMs))
  }

  const closeEnded = (at: number) => {
    for (const [key, window] of windows) if (window.endsAt <= at) close(key, window)
  }

  return {
    admit(entry, at) {
      if (!isSampled(entry)) return true
      if (windows.size >= most) closeEnded(at)
      const own = keyOf(entry)
      const key = windows.has(own) || windows.size < most ? own : `${entry.event} of all others`
      const running = windows.get(key)
      if (running && running.endsAt > at) {
        Object.assign(running, { seen: running.seen + 1, last: entry })
        return running.seen <= first
      }
      if (running) close(key, running)
      windows.set(key, { endsAt: at + windowMs, seen: 1, last: entry })
      return true
    },

    due(at) {
      closeEnded(at)
      return summaries.splice(0)
    },
    owes: () => summaries.length > 0 || [...windows.values()].some(({ seen }) => seen > first),
  }
}

/** Anybody can send these without end, with no account and, when they are throttled, without a limit of their own. */
function isSampled({ event, outcome, reason }: AuditEntry): boolean {
  if (outcome === 'success') return false
  return ['csrf.refused', 'refresh.denied', 'register'].includes(event) || reason === 'throttled' || reason === 'busy'
}

/** A session counts for itself: the end of each is told, the thousand requests of a browser that does not notice are not. */
function keyOf({ event, reason, sessionId, context }: AuditEntry): string {
  return [event, reason, sessionId, context?.network].join('\n')
}

/** Stands under the last of them: when and from where. */
function summary(
  { event, context, sessionId, subjectId, reason }: AuditEntry,
  leftOut: number,
  windowMs: number,
): AuditEntry {
  const detail = { left_out: leftOut, of: reason ?? null, window_s: windowMs / 1000 }
  return { event, outcome: 'failure', reason: 'left_out', context, sessionId, subjectId, detail }
}
