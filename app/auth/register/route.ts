/** `POST /auth/register/`: register from browser code; who has registered is logged in. */
import { running } from '#lib/running'
import { notLoggedIn, publicHandler } from '#lib/web/cookie-handler'
import { heldSession } from '#lib/web/held-session'
import { busy, json, throttled } from '#lib/web/json-reply'
import { openedReply } from '#lib/web/session-reply'

export const POST = publicHandler(async ({ fields, context }) => {
  const { register, openSession } = await running()
  const outcome = await register({ input: fields, context })
  if (outcome.kind === 'invalid') return json(400, outcome.errors)
  if (outcome.kind === 'throttled') return throttled(outcome.retryAfterMs)
  if (outcome.kind === 'busy') return busy()
  const session = { kind: 'browser' as const, persistent: true, amr: ['pwd'], supersedes: await heldSession() }
  const opened = await openSession({ ...session, user: outcome.user, context })
  return opened ? openedReply(opened, 201) : notLoggedIn()
})
