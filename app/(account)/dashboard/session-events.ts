/** What happened between two looks at one session, in words. Pure. */
import type { SessionReport } from '../ask-session'

export interface SessionEvent {
  at: string
  text: string
}

/** Long enough to tell two tokens apart by eye. */
export function shortId(id: string) {
  return id.slice(0, 8)
}

export function eventsBetween(before: SessionReport, after: SessionReport, nowMs: number): SessionEvent[] {
  const texts: string[] = []
  const [was, is] = [before.access, after.access]
  if (was.id !== is.id) {
    const change = `${shortId(was.id)} → ${shortId(is.id)}`
    const ranOut = Date.parse(was.expiresAt) <= nowMs
    texts.push(
      ranOut ? `Access token expired, a new one was issued silently: ${change}` : `New access token: ${change}`,
    )
  } else if (was.expiresAt !== is.expiresAt) {
    texts.push(`Access token ${shortId(is.id)} now ends at another time`)
  }
  if (before.generation !== after.generation) texts.push(`Session rotated to generation ${after.generation}`)
  return texts.map((text) => ({ at: new Date(nowMs).toISOString(), text }))
}
