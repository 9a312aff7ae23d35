/** Opens Latchkey for one command, beside a running server or alone, and closes it whatever happens. */
import { setTimeout as pause } from 'node:timers/promises'
import { StartError } from '#lib/core/start-error'
import type { Latchkey } from '#lib/wiring'
import { notFound } from './ending'
import { kindOf } from './explain'
import { say } from './output'

const tries = 4
const pauseMs = 500

export async function withLatchkey<T>(run: (latchkey: Latchkey) => Promise<T>): Promise<T> {
  const latchkey = await open()
  try {
    return await run(latchkey)
  } finally {
    await latchkey.close()
  }
}

/** Loaded only here: help and wrong usage need neither database nor settings, and answer in half the time. */
async function open(): Promise<Latchkey> {
  const [{ readConfig }, { openLatchkey }] = await Promise.all([import('#lib/config'), import('#lib/wiring')])
  const config = readConfig()
  const onFault = (fault: unknown) => say(`The audit row could not be written: ${kindOf(fault)}.`)
  for (let left = tries - 1; ; left--) {
    try {
      return await openLatchkey(config, { use: 'share', report: say, onFault })
    } catch (error) {
      if (left === 0 || config.database.kind === 'server' || isFinal(error)) throw error
      await pause(pauseMs)
    }
  }
}

/**
 * An embedded database that another command has started ends with that command, perhaps just as this one connects; opening anew is harmless.
 * A StartError without a cause is about settings, secrets or the directory, and stays.
 */
const isFinal = (error: unknown) => error instanceof StartError && error.cause === undefined

/** The account by email, else by username. */
export async function getUser({ administer }: Latchkey, identifier: string) {
  const user = await administer.findUser(identifier)
  if (user) return user
  throw notFound(`There is no account with the email or username ${identifier}.`)
}
