/**
 * The queue before the hash workers: who finds room in it, and whose turn is next (PW-13). Used by the hash pool alone.
 *
 * Attempts with the right password fail never and so are counted nowhere: one who has an account could keep the workers busy for ever.
 * A network therefore holds at most as much of the queue as it leaves free, and networks take turns: who comes new finds room, and waits
 * for one job of each of the others.
 */
import type { HashShare } from '#lib/core/ports'
import { siteOf } from '#lib/core/site'

export interface Queued {
  share: HashShare
  /** The network it came from; null: from none, the command line. */
  from: string | null
}

export interface HashQueue<Job extends Queued> {
  readonly length: number
  /** False: there is no room for it. */
  push(job: Job): boolean
  /** The one whose turn it is. */
  shift(): Job | undefined
  remove(job: Job): void
  /** All that waited. */
  clear(): Job[]
}

export function createHashQueue<Job extends Queued>(limit: number): HashQueue<Job> {
  /** In the order of their turns; no line is empty. */
  const lines = new Map<string | null, Job[]>()
  const lineOf = ({ from }: Job) => from && (siteOf(from) ?? from)
  const all = () => [...lines.values()].flat()

  const hasRoom = (job: Job) => {
    const waiting = all()
    const free = limit - waiting.length
    if (free <= 0) return false
    // Registrations, which anybody can send by the hundred, leave the other half to logins.
    if (job.share === 'half' && waiting.filter(({ share }) => share === 'half').length >= limit / 2) return false
    return job.from === null || (lines.get(lineOf(job))?.length ?? 0) < free
  }

  return {
    get length() {
      return all().length
    },
    push(job) {
      if (!hasRoom(job)) return false
      lines.set(lineOf(job), [...(lines.get(lineOf(job)) ?? []), job])
      return true
    },
    shift() {
      const [first] = lines
      if (!first) return undefined
      const [name, [job, ...rest]] = first
      lines.delete(name)
      // Behind the others.
      if (rest.length > 0) lines.set(name, rest)
      return job
    },
    remove(job) {
      const rest = (lines.get(lineOf(job)) ?? []).filter((other) => other !== job)
      if (rest.length > 0) lines.set(lineOf(job), rest)
      else lines.delete(lineOf(job))
    },
    clear() {
      const waiting = all()
      lines.clear()
      return waiting
    },
  }
}
