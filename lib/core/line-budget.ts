/**
 * How much of the log a stranger may fill: so many lines in a window, and then one that says how many were left out.
 * Pure; web/report-log.ts keeps what is spent, each process for itself.
 */
import { minutes } from './duration'

export interface LineBudget {
  lines: number
  windowMs: number
}

/** What browsers report, and whoever says he is one (LG-8). */
export const reportBudget: LineBudget = { lines: 60, windowMs: minutes(1) }

export interface Spent {
  /** Milliseconds of a clock that only goes forward. */
  endsAt: number
  /** Lines that were wanted in this window, written or not. */
  wanted: number
}

export const unspent: Spent = { endsAt: -Infinity, wanted: 0 }

/** Whether a line is written, and how many of the window before were left out and have not been told of. */
export function decideLine(spent: Spent, at: number, budget: LineBudget) {
  const { spent: running, leftOut } = atEnd(spent, at, budget)
  const wanted = running.wanted + 1
  const endsAt = running === unspent ? at + budget.windowMs : running.endsAt
  return { write: wanted <= budget.lines, leftOut, spent: { endsAt, wanted } }
}

/** Settles a window that has ended, and no other. */
export function atEnd(spent: Spent, at: number, { lines }: LineBudget): { spent: Spent; leftOut: number } {
  return at < spent.endsAt ? { spent, leftOut: 0 } : { spent: unspent, leftOut: Math.max(0, spent.wanted - lines) }
}
