/** A session for somebody who has just proven who they are, with its first tokens. Always under a new id (SE-1). */
import type { NewSession, SessionStore, SessionTokens, TokenMint } from '#lib/core/ports'
import type { SessionView } from '#lib/core/records'

export type OpenedSession = SessionView & { tokens: SessionTokens }
export type OpenSession = (session: NewSession) => Promise<OpenedSession | null>

/** Null when the user has meanwhile been disabled, deleted or given another password. */
export function createOpenSession({ sessions, mint }: { sessions: SessionStore; mint: TokenMint }): OpenSession {
  return async (session) => {
    const view = await sessions.start(session)
    if (!view) return null
    const [access, refresh] = await Promise.all([mint.access(view), mint.refresh(view)])
    return { ...view, tokens: { access, refresh } }
  }
}
