'use server'

/** End one session of one's own, or all but this one. With an old login the password is asked first (SE-4). */
import { z } from 'zod'
import type { FormState } from '#lib/core/form-state'
import { withNext } from '#lib/core/return-to'
import { running } from '#lib/running'
import { formAction, textOf, type ActionResult } from '#lib/web/form-action'
import { isFresh } from '#lib/web/fresh-login'
import { requirePrincipal } from '#lib/web/require-principal'
import { clearedCookies } from '#lib/web/session-cookies'

const HERE = '/account/sessions'
const reauthenticateFirst: ActionResult = { kind: 'go', to: withNext('/reauthenticate', HERE) }

export async function endSession(_state: FormState, form: FormData): Promise<FormState> {
  return formAction({}, async (context) => {
    const principal = await requirePrincipal()
    if (!(await isFresh(principal))) return reauthenticateFirst
    const { endSessions } = await running()
    const sid = z.uuid().safeParse(textOf(form, 'session')).data
    if (sid) await endSessions(principal, { sid }, context)
    if (sid === principal.session.id) return { kind: 'go', to: '/login', cookies: await clearedCookies() }
    return { kind: 'go', to: `${HERE}?done=session` }
  })
}

export async function endOtherSessions(): Promise<FormState> {
  return formAction({}, async (context) => {
    const principal = await requirePrincipal()
    if (!(await isFresh(principal))) return reauthenticateFirst
    const { endSessions } = await running()
    await endSessions(principal, 'others', context)
    return { kind: 'go', to: `${HERE}?done=others` }
  })
}
