'use server'

/** Register by the form; who has registered is logged in, and stays so. */
import type { FormState } from '#lib/core/form-state'
import { returnTo } from '#lib/core/return-to'
import { running } from '#lib/running'
import { busySentence, formAction, refused, textOf, throttledSentence } from '#lib/web/form-action'
import { heldSession } from '#lib/web/held-session'
import { sessionCookies } from '#lib/web/session-cookies'

export async function register(_state: FormState, form: FormData): Promise<FormState> {
  const values = { email: textOf(form, 'email') ?? '', username: textOf(form, 'username') ?? '' }
  return formAction(values, async (context) => {
    const { register, openSession } = await running()
    const input = {
      email: textOf(form, 'email'),
      username: textOf(form, 'username'),
      password: textOf(form, 'password'),
    }
    const outcome = await register({ input, context })
    if (outcome.kind === 'invalid') return refused(values, { errors: outcome.errors })
    if (outcome.kind === 'throttled') return refused(values, { summary: throttledSentence(outcome.retryAfterMs) })
    if (outcome.kind === 'busy') return refused(values, { summary: busySentence })

    const session = { kind: 'browser' as const, persistent: true, amr: ['pwd'], supersedes: await heldSession() }
    const opened = await openSession({ ...session, user: outcome.user, context })
    if (!opened) return { kind: 'go', to: '/login' }
    return { kind: 'go', to: returnTo(textOf(form, 'next')), cookies: await sessionCookies(opened, opened.tokens) }
  })
}
