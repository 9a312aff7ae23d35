/** For `/api/token/introspect/`: what a client is told of a token, judged by the live session (TK-9). It changes nothing. */
import { parseFields, type FieldErrors } from '#lib/core/fields'
import { describeToken, introspectBody, type IntrospectAnswer } from '#lib/core/introspection'
import type { ExamineToken } from './check-token'

export type Introspection = { kind: 'told'; answer: IntrospectAnswer } | { kind: 'invalid'; errors: FieldErrors }

export type IntrospectToken = (body: unknown) => Promise<Introspection>

export function createIntrospectToken({ examine }: { examine: ExamineToken }): IntrospectToken {
  return async (body) => {
    const parsed = parseFields(introspectBody, body)
    if (parsed.kind === 'invalid') return parsed
    const found = await examine(parsed.data.token)
    // JWT_CHECK_USER_IS_ACTIVE=false opens this server's own API, not somebody else's doors.
    const letsIn = found.kind === 'good' && found.view.user.isActive
    // Why not is nobody's business: expired, revoked, forged and a browser's are one answer (IN-1).
    return { kind: 'told', answer: letsIn ? describeToken(found) : { active: false } }
  }
}
