'use server'

/** Change the password; every other session ends, this one goes on under a new id. */
import type { FormState } from '#lib/core/form-state'
import { withNext } from '#lib/core/return-to'
import { running } from '#lib/running'
import { busySentence, formAction, refused, textOf, throttledSentence } from '#lib/web/form-action'
import { isFresh } from '#lib/web/fresh-login'
import { requirePrincipal } from '#lib/web/require-principal'
import { sessionCookies } from '#lib/web/session-cookies'

const HERE = '/account/security'

export async function changePassword(_state: FormState, form: FormData): Promise<FormState> {
  return formAction({}, async (context) => {
    const principal = await requirePrincipal()
    if (!(await isFresh(principal))) return { kind: 'go', to: withNext('/reauthenticate', HERE) }
    const { changePassword } = await running()
    const input = { current_password: textOf(form, 'current_password'), new_password: textOf(form, 'new_password') }
    const outcome = await changePassword(principal, input, context)
    switch (outcome.kind) {
      case 'changed':
        return { kind: 'go', to: `${HERE}?done=password`, cookies: await sessionCookies(outcome, outcome.tokens) }
      case 'changed-and-out':
        return { kind: 'go', to: `${withNext('/login', HERE)}&ended=password_changed` }
      case 'invalid':
        return refused({}, { errors: outcome.errors })
      case 'throttled':
        return refused({}, { summary: throttledSentence(outcome.retryAfterMs) })
      case 'busy':
        return refused({}, { summary: busySentence })
    }
  })
}
