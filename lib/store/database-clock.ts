/**
 * The database's clock, as this process knows it: what rows and tokens are dated with, so what tokens must be judged with.
 * A machine whose own clock is wrong would otherwise find every new token expired, or from the future.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { PrismaClient } from './generated/client'

export interface DatabaseClock {
  /** The database's time for an instant of this machine's clock; without one, for now. */
  at(local?: Date): Date
  /** How far the database is ahead of this machine, in milliseconds. */
  aheadMs(): number
  measure(): Promise<void>
}

const samples = 3
const pauseMs = 5

/** Measured before it is handed out; call measure() again now and then. */
export async function openDatabaseClock(db: PrismaClient, local: () => number = Date.now): Promise<DatabaseClock> {
  let aheadMs = 0
  const clock: DatabaseClock = {
    at: (instant = new Date(local())) => new Date(instant.getTime() + aheadMs),
    aheadMs: () => aheadMs,
    async measure() {
      let best: Sample | undefined
      for (let i = 0; i < samples; i++) {
        if (i > 0) await pause(pauseMs)
        const sample = await ask(db, local)
        if (!best || sample.tookMs < best.tookMs) best = sample
      }
      if (best) aheadMs = best.aheadMs
    },
  }
  await clock.measure()
  return clock
}

interface Sample {
  aheadMs: number
  tookMs: number
}

/** The quickest answer says most: its error is at most half of what it took. */
async function ask(db: PrismaClient, local: () => number): Promise<Sample> {
  const before = local()
  const [row] = await db.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`
  const after = local()
  return { aheadMs: Math.round((row?.now.getTime() ?? after) - (before + after) / 2), tookMs: after - before }
}
