/** `POST /auth/login/`: log in from browser code. The tokens go into cookies and stand nowhere else. */
import { running } from '#lib/running'
import { publicHandler } from '#lib/web/cookie-handler'
import { heldSession } from '#lib/web/held-session'
import { busy, json, loginRefused, throttled } from '#lib/web/json-reply'
import { openedReply } from '#lib/web/session-reply'

export const POST = publicHandler(async ({ fields, context }) => {
  const { login } = await running()
  const identifierKey =
    (['identifier', 'username'] as const).find((key) => key in fields && !('email' in fields)) ?? 'email'
  // Lasting unless it is said otherwise: the box on the form is ticked at first, too.
  const persistent = !([false, 0, 'false', '0', ''] as unknown[]).includes(fields.remember ?? true)
  const session = { kind: 'browser' as const, persistent, supersedes: await heldSession() }
  const outcome = await login({ input: fields, identifierKey, session, context })
  switch (outcome.kind) {
    case 'logged-in':
      return openedReply(outcome, 200)
    case 'invalid':
      return json(400, outcome.errors)
    case 'refused':
      return loginRefused()
    case 'throttled':
      return throttled(outcome.retryAfterMs)
    case 'busy':
      return busy()
  }
})
