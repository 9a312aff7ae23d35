/**
 * Says on standard error why a command ended, and gives its exit status.
 * Of a fault that nobody expected it tells the kind and the place and never the message: Prisma and pg quote what they were given.
 */
import { CommanderError } from 'commander'
import { StartError } from '#lib/core/start-error'
import { Ending, FAILED, INTERRUPTED, USAGE } from './ending'
import { say } from './output'

export function explain(error: unknown): number {
  // Commander has said it already; its 0 is --help.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE
  if (error instanceof Error && error.name === 'ExitPromptError') return INTERRUPTED
  if (error instanceof Ending) {
    if (error.message) say(error.message)
    return error.status
  }
  if (error instanceof StartError) {
    say(`${error.problem}\n${error.remedy}`)
    return FAILED
  }
  say(`The command failed unexpectedly, perhaps half-way: ${kindOf(error)}.`)
  say('See what was done, then try again; npm run manage -- migrate tells whether the database answers.')
  return FAILED
}

/** `PrismaClientKnownRequestError P1017 in lib/store/user-store.ts:12`. */
export function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return 'an unknown fault'
  const { code } = error as NodeJS.ErrnoException
  const known = typeof code === 'string' && /^\w{2,40}$/.test(code) ? ` ${code}` : ''
  const place = placeOf(error)
  return `${error.name}${known}${place ? ` in ${place}` : ''}`
}

function placeOf({ stack = '' }: Error): string | undefined {
  const frames = stack.split('\n').filter((line) => /^ +at /.test(line) && !line.includes('node_modules'))
  return frames.map((line) => /(?:lib|cli)\/[\w./-]+\.m?ts:\d+/.exec(line)?.[0]).find(Boolean)
}
