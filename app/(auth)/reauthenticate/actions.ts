'use server'

/** The password again before a sensitive act; the session goes on under a new id. */
import type { FormState } from '#lib/core/form-state'
import { returnTo } from '#lib/core/return-to'
import { running } from '#lib/running'
import { busySentence, formAction, refused, textOf, throttledSentence } from '#lib/web/form-action'
import { requirePrincipal } from '#lib/web/require-principal'
import { sessionCookies } from '#lib/web/session-cookies'

export async function reauthenticate(_state: FormState, form: FormData): Promise<FormState> {
  return formAction({}, async (context) => {
    const principal = await requirePrincipal()
    const { reauthenticate } = await running()
    const outcome = await reauthenticate(principal, { password: textOf(form, 'password') }, context)
    switch (outcome.kind) {
      case 'logged-in':
        return {
          kind: 'go',
          to: returnTo(textOf(form, 'next')),
          cookies: await sessionCookies(outcome, outcome.tokens),
        }
      case 'invalid':
        return refused({}, { errors: outcome.errors })
      case 'refused':
        return refused({}, { errors: { password: ['This is not your password.'] } })
      case 'throttled':
        return refused({}, { summary: throttledSentence(outcome.retryAfterMs) })
      case 'busy':
        return refused({}, { summary: busySentence })
    }
  })
}
