/** `GET /auth/session/`: who this browser is logged in as. The gate has refreshed an old access token on the way here. */
import { protectedHandler } from '#lib/web/cookie-handler'
import { sessionReply } from '#lib/web/session-reply'

export const GET = protectedHandler(async ({ user, session, access }) => sessionReply(user, session, access))
