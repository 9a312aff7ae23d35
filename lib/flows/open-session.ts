/** A session for somebody who has just proven who they are, with its first tokens. Always under a new id (SE-1). */
import type { Admits, NewSession, SessionStore, SessionTokens, TokenMint } from '#lib/core/ports'
import type { SessionView, UserRecord } from '#lib/core/records'

export type OpenedSession = SessionView & { tokens: SessionTokens }
export type OpenSession = (session: NewSession & { user: UserRecord }) => Promise<OpenedSession | null>

interface OpenSessionDeps {
  sessions: SessionStore
  mint: TokenMint
  /** The authentication rule, where no password was proven just before: provePassword asks it otherwise. */
  admits?: Admits
}

/** Null when the user has meanwhile been disabled, deleted or given another password, or is not admitted. */
export function createOpenSession({ sessions, mint, admits }: OpenSessionDeps): OpenSession {
  return async (session) => {
    if (admits && !(await admits(session.user))) return null
    const view = await sessions.start(session)
    if (!view) return null
    try {
      const extra = await mint.prepare(view)
      const [access, refresh] = await Promise.all([mint.access(view, { extra }), mint.refresh(view, { extra })])
      return { ...view, tokens: { access, refresh } }
    } catch (fault) {
      // Nobody will ever hold its tokens.
      await sessions.revoke(view.session.id, 'superseded')
      throw fault
    }
  }
}
