/** `POST /theme`: keeps the chosen theme in its cookie and goes back to the page it was chosen on. */
import { returnTo } from '#lib/core/return-to'
import { publicHandler, setCookies } from '#lib/web/cookie-handler'
import { parseTheme, themeCookie } from '#lib/web/theme'

export const POST = publicHandler(async ({ fields }) => {
  await setCookies([await themeCookie(parseTheme(fields.theme) ?? 'system')])
  return new Response(null, { status: 303, headers: { Location: returnTo(fields.next, '/') } })
})
