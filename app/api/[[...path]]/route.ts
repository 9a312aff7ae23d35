/** Every other path under /api/, and /api/ itself: 404 in JSON, whatever the method. */
import { json } from '#lib/web/json-reply'

const notFound = async () => json(404, { detail: 'Not found.', code: 'not_found' })

export {
  notFound as GET,
  notFound as HEAD,
  notFound as POST,
  notFound as PUT,
  notFound as PATCH,
  notFound as DELETE,
  notFound as OPTIONS,
}
