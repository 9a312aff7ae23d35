/** What the target of a request line is worth, before anything is routed by it. Pure; the listener in front of Next asks (cli/serve). */

/** `untidy`: readable, but to be asked for again at `to`, which begins with exactly one slash. */
export type TargetReading = { kind: 'fine' } | { kind: 'unreadable' } | { kind: 'untidy'; to: string }

/**
 * Only a path of this server can be read: not `*`, not the address of another host, no percent-escape that is not UTF-8.
 * Repeated slashes and backslashes mean one slash to some readers and a host to others; they are sent on to the one spelling.
 */
export function readTarget(target: string): TargetReading {
  if (!target.startsWith('/')) return { kind: 'unreadable' }
  const path = beforeQuery(target)
  if (!isDecodable(path)) return { kind: 'unreadable' }
  const tidy = path.replace(/[\\/]+/g, '/')
  return tidy === path ? { kind: 'fine' } : { kind: 'untidy', to: tidy + target.slice(path.length) }
}

/** The path that Next will make of a target, with `.` and `..` resolved; empty when there is none. */
export function pathOf(target: string): string {
  return target.startsWith('/') ? new URL(`http://localhost${target}`).pathname : ''
}

const beforeQuery = (target: string) => target.replace(/[?#].*$/s, '')

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}
