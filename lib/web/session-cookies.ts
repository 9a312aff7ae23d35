/** The session cookies of a reply, as data for whoever writes the reply: middleware, a server action or a route handler. */
import { cookieName, cookieSpec, type CookieSpec } from '#lib/core/cookies'
import type { IssuedToken } from '#lib/core/ports'
import type { SessionView } from '#lib/core/records'
import { running } from '#lib/running'

export interface CookieToSet extends CookieSpec {
  value: string
}

/** Access, and refresh where there is a new one. A session of the browser window gets cookies without Max-Age (PR-2). */
export async function sessionCookies(
  { session, now }: Pick<SessionView, 'session' | 'now'>,
  tokens: { access: IssuedToken; refresh: IssuedToken | null },
): Promise<CookieToSet[]> {
  const { config } = await running()
  const cookie = (name: 'access' | 'refresh', { token, expiresAt }: IssuedToken) => {
    const lifeMs = session.persistent ? expiresAt.getTime() - now.getTime() : null
    return { ...cookieSpec(name, config.secure, lifeMs, config.cookieSameSite), value: token }
  }
  return [cookie('access', tokens.access), ...(tokens.refresh ? [cookie('refresh', tokens.refresh)] : [])]
}

/** Both cookies gone. Only the logout reply does this: a refused request may be late, and would erase a newer login's cookies. */
export async function clearedCookies(): Promise<CookieToSet[]> {
  const { config } = await running()
  return (['access', 'refresh'] as const).map((name) => ({
    ...cookieSpec(name, config.secure, 0, config.cookieSameSite),
    value: '',
  }))
}

export async function sessionCookieNames(): Promise<{ access: string; refresh: string }> {
  const { config } = await running()
  return { access: cookieName('access', config.secure), refresh: cookieName('refresh', config.secure) }
}
