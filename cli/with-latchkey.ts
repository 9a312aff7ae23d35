/** Opens Latchkey for one command, beside a running server or alone, and closes it whatever happens. */
import { readConfig } from '#lib/config'
import { openLatchkey, type Latchkey } from '#lib/wiring'
import { Ending, notFound } from './ending'
import { say } from './output'

export async function withLatchkey<T>(run: (latchkey: Latchkey) => Promise<T>): Promise<T> {
  const latchkey = await openLatchkey(readConfig(), {
    use: 'share',
    report: say,
    onFault: (fault) =>
      say(`The audit row could not be written: ${fault instanceof Error ? fault.message : 'unknown fault'}`),
  })
  try {
    return await run(latchkey)
  } finally {
    await latchkey.close()
  }
}

/** The account by email, else by username. */
export async function getUser({ administer }: Latchkey, identifier: string) {
  const user = await administer.findUser(identifier)
  if (user) return user
  throw notFound(`There is no account with the email or username ${identifier}.`)
}

/** Sentences of fields, one a line. */
export function fieldFault(status: number, errors: Record<string, string[]>): Ending {
  const lines = Object.entries(errors).flatMap(([field, sentences]) =>
    sentences.map((sentence) => `${field}: ${sentence}`),
  )
  return new Ending(status, lines.join('\n'))
}
