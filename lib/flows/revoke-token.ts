/** For `/api/token/revoke/`: a token of a program ends its session, with every other token of it (RV-1). */
import { parseFields, type FieldErrors } from '#lib/core/fields'
import { revokeBody } from '#lib/core/introspection'
import type { AuditLog, SessionStore } from '#lib/core/ports'
import type { ClientRecord } from '#lib/core/records'
import type { RequestContext } from '#lib/core/request-context'
import type { ExamineToken, TokenExamination } from './check-token'

/** `done` also when there was nothing to end: the client could do nothing about it (RFC 7009, section 2.2). */
export type Revocation = { kind: 'done' } | { kind: 'invalid'; errors: FieldErrors }

interface RevokeTokenDeps {
  examine: ExamineToken
  sessions: SessionStore
  audit: AuditLog
}

export type RevokeToken = (client: ClientRecord, body: unknown, context: RequestContext) => Promise<Revocation>

export function createRevokeToken({ examine, sessions, audit }: RevokeTokenDeps): RevokeToken {
  return async ({ id, name }, body, context) => {
    const parsed = parseFields(revokeBody, body)
    if (parsed.kind === 'invalid') return parsed
    const view = endedBy(await examine(parsed.data.token))
    if (!view || !(await sessions.revoke(view.session.id, 'ended_by_client'))) return { kind: 'done' }
    const what = { reason: 'ended_by_client', subjectId: view.user.id, sessionId: view.session.id }
    // A client is no account: who it was stands in the detail.
    const detail = { client: id, client_name: name }
    await audit.append({ event: 'session.end', outcome: 'success', actorId: null, ...what, context, detail })
    return { kind: 'done' }
  }
}

/** A used refresh token counts too: its return to refresh would end the session as well, and whoever sends it here means that. */
function endedBy(found: TokenExamination) {
  if (found.kind === 'good') return found.view
  return found.kind === 'over' && found.reason === 'used' ? found.view : null
}
