/**
 * Whether a program is the client it says it is, and how often it may ask (docs/security/requirements.md, section 3).
 *
 * A secret of 256 random bits is not guessed, so the counter of failures comes after the comparison, unlike a password's:
 * it keeps noise down, and no stranger's failures keep the right secret out (TH-6).
 */
import { isClientId } from '#lib/core/client-name'
import type { AuditLog, ClientSecrets, ClientStore, StoredClient, Throttle } from '#lib/core/ports'
import type { ClientRecord } from '#lib/core/records'
import type { RequestContext } from '#lib/core/request-context'

export interface ClientCredentials {
  id: string
  secret: string
}

export type ClientProof =
  | { kind: 'proven'; client: ClientRecord }
  /** Unknown or wrong: the caller must not tell them apart. */
  | { kind: 'refused' }
  | { kind: 'throttled'; retryAfterMs: number }

interface AuthenticateClientDeps {
  clients: ClientStore
  secrets: ClientSecrets
  throttle: Throttle
  audit: AuditLog
}

export type AuthenticateClient = (credentials: ClientCredentials, context: RequestContext) => Promise<ClientProof>

export function createAuthenticateClient(deps: AuthenticateClientDeps): AuthenticateClient {
  return async ({ id, secret }, context) => {
    // The form of an id is known to all: what has another one is not looked for.
    const stored = isClientId(id) ? await deps.clients.findById(id) : null
    // An unknown client costs the same comparison as a wrong secret.
    if (!deps.secrets.matches(secret, stored?.secretHash ?? null) || !stored) return fail(deps, id, stored, context)

    const { client, usedLately } = stored
    const verdict = await deps.throttle.take([{ name: 'client', subject: client.id }])
    if (verdict.kind === 'wait') return { kind: 'throttled', retryAfterMs: verdict.retryAfterMs }
    if (!usedLately) await deps.clients.recordUse(client.id)
    return { kind: 'proven', client }
  }
}

async function fail(
  { throttle, audit }: AuthenticateClientDeps,
  id: string,
  stored: StoredClient | null,
  context: RequestContext,
): Promise<ClientProof> {
  const verdict = await throttle.take([{ name: 'clientAddress', subject: context.network }])
  if (verdict.kind === 'wait') return { kind: 'throttled', retryAfterMs: verdict.retryAfterMs }
  const reason = stored ? 'wrong_secret' : 'unknown_client'
  // A secret sent in the id's place has not the form of an id, and is not written down (LG-3).
  const detail = { client: isClientId(id) ? id.toLowerCase() : null }
  await audit.append({ event: 'client.refused', outcome: 'failure', reason, context, detail })
  return { kind: 'refused' }
}
