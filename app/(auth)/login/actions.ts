'use server'

/** Log in by the form. The flow decides; this turns its outcome into cookies or words. */
import type { FormState } from '#lib/core/form-state'
import { returnTo } from '#lib/core/return-to'
import { running } from '#lib/running'
import { busySentence, formAction, refused, textOf, throttledSentence } from '#lib/web/form-action'
import { heldSession } from '#lib/web/held-session'
import { sessionCookies } from '#lib/web/session-cookies'

export async function login(_state: FormState, form: FormData): Promise<FormState> {
  const values = { identifier: textOf(form, 'identifier') ?? '', remember: textOf(form, 'remember') ?? '' }
  return formAction(values, async (context) => {
    const { login } = await running()
    const outcome = await login({
      input: { identifier: textOf(form, 'identifier'), password: textOf(form, 'password') },
      identifierKey: 'identifier',
      session: { kind: 'browser', persistent: values.remember !== '', supersedes: await heldSession() },
      context,
    })
    switch (outcome.kind) {
      case 'logged-in':
        return {
          kind: 'go',
          to: returnTo(textOf(form, 'next')),
          cookies: await sessionCookies(outcome, outcome.tokens),
        }
      case 'invalid':
        return refused(values, { errors: outcome.errors })
      case 'refused':
        return refused(values, { summary: 'No account matches this email or username and password.' })
      case 'throttled':
        return refused(values, { summary: throttledSentence(outcome.retryAfterMs) })
      case 'busy':
        return refused(values, { summary: busySentence })
    }
  })
}
