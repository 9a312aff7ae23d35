'use server'

/** Replaces the access token by one of the same session that lives five seconds, so that a person can watch the silent refresh. */
import { seconds } from '#lib/core/duration'
import type { FormState } from '#lib/core/form-state'
import { running } from '#lib/running'
import { formAction } from '#lib/web/form-action'
import { requirePrincipal } from '#lib/web/require-principal'
import { sessionCookies } from '#lib/web/session-cookies'

export async function shortenAccessToken(): Promise<FormState> {
  return formAction({}, async () => {
    const { session, access } = await requirePrincipal()
    const { shortenAccess } = await running()
    const short = await shortenAccess(session.id, seconds(5), access.expiresAt)
    const cookies = short ? await sessionCookies(short.view, { access: short.access, refresh: null }) : []
    return { kind: 'go', to: '/dashboard', cookies }
  })
}
