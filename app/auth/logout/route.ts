/**
 * `POST /auth/logout/`, and `POST /logout`, which the gate brings here: the session ends in the database and the cookies go (SE-2),
 * also those of a session that was over already. A form goes on to the login page; code gets JSON.
 */
import { running } from '#lib/running'
import { publicHandler, setCookies } from '#lib/web/cookie-handler'
import { heldSession } from '#lib/web/held-session'
import { json } from '#lib/web/json-reply'
import { clearedCookies } from '#lib/web/session-cookies'

const CLEAR = { 'Clear-Site-Data': '"cache", "storage"' }

export const POST = publicHandler(async ({ request, context }) => {
  const { logout } = await running()
  const sid = await heldSession()
  if (sid) await logout(sid, context)
  await setCookies(await clearedCookies())
  const fromForm = (request.headers.get('accept') ?? '').includes('text/html')
  return fromForm
    ? new Response(null, { status: 303, headers: { Location: '/login', ...CLEAR } })
    : json(200, { authenticated: false }, CLEAR)
})
