/** The sessions of a principal as a page shows them: browser and system in words. */
import 'server-only'
import Bowser from 'bowser'
import type { Principal } from '#lib/core/principal'
import { running } from '#lib/running'

export interface SessionSummary {
  id: string
  current: boolean
  kind: 'browser' | 'api'
  /** "Firefox 139"; "Unknown browser" or "Program" when the user agent does not say. */
  browser: string
  /** "macOS", "Windows"; null when the user agent does not say. */
  system: string | null
  userAgent: string
  ip: string
  createdAt: Date
  lastSeenAt: Date
  expiresAt: Date
  persistent: boolean
}

export async function listSessions(principal: Principal): Promise<SessionSummary[]> {
  const { listSessions } = await running()
  return (await listSessions(principal)).map(
    ({ id, kind, userAgent, ip, createdAt, lastSeenAt, absoluteExpiresAt, persistent }) => ({
      ...{ id, kind, userAgent, ip, createdAt, lastSeenAt, persistent, expiresAt: absoluteExpiresAt },
      current: id === principal.session.id,
      ...describe(userAgent, kind),
    }),
  )
}

function describe(userAgent: string, kind: 'browser' | 'api'): { browser: string; system: string | null } {
  const { browser, os } = userAgent ? Bowser.parse(userAgent) : { browser: {}, os: {} }
  const major = browser.version?.split('.')[0]
  const name = browser.name
    ? [browser.name, major].filter(Boolean).join(' ')
    : kind === 'api'
      ? 'Program'
      : 'Unknown browser'
  return { browser: name, system: os.name || null }
}
