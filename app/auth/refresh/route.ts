/**
 * `POST /auth/refresh/`: the same answer as the session, for code that wants to be sure of a good access token before it goes on.
 * The refresh itself is the gate's, which alone presents refresh cookies; a token that is still good stays.
 */
import { protectedHandler } from '#lib/web/cookie-handler'
import { sessionReply } from '#lib/web/session-reply'

export const POST = protectedHandler(async ({ user, session, access }) => sessionReply(user, session, access))
