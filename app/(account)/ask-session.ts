/** Asks the server whether this browser's session is live. Only its 401 means "over": no connection and a fault of ours are no verdict. */
export interface SessionReport {
  id: string
  generation: number
  access: { id: string; issuedAt: string; expiresAt: string }
}

export type SessionAnswer =
  /** `aheadMs`: how far the server's clock is ahead of this device's. */
  { kind: 'live'; session: SessionReport; aheadMs: number } | { kind: 'over' } | { kind: 'unknown' }

/** How long a page that is being left may stay: its form's answer is on the way. */
const LEAVING_MS = 10_000
let leavingSince = -Infinity

/** The page is being left. While a logout is under way its session is over, and a reload would overtake the answer. */
export function markLeaving(): void {
  leavingSince = performance.now()
}

export async function askSession(): Promise<SessionAnswer> {
  const answer = await ask()
  return performance.now() - leavingSince < LEAVING_MS ? { kind: 'unknown' } : answer
}

async function ask(): Promise<SessionAnswer> {
  try {
    const reply = await fetch('/auth/session/', { cache: 'no-store', headers: { accept: 'application/json' } })
    if (reply.status === 401) return { kind: 'over' }
    if (!reply.ok) return { kind: 'unknown' }
    const { session } = await reply.json()
    return { kind: 'live', session: readReport(session), aheadMs: clockDifference(reply.headers.get('date')) }
  } catch {
    return { kind: 'unknown' }
  }
}

function readReport(wire: {
  id: string
  generation: number
  access: { id: string; issued_at: string; expires_at: string }
}): SessionReport {
  const { id, issued_at: issuedAt, expires_at: expiresAt } = wire.access
  return { id: wire.id, generation: wire.generation, access: { id, issuedAt, expiresAt } }
}

function clockDifference(date: string | null) {
  const ahead = date ? Date.parse(date) - Date.now() : 0
  // The header counts whole seconds; less than two is noise.
  return Math.abs(ahead) < 2000 ? 0 : ahead
}
