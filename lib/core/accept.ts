/**
 * Whether a program can read our JSON, by its Accept header (docs/token-api.md, section 2.2). As in the original a type that is
 * named at all is acceptable: neither its quality nor its other parameters are weighed.
 */

/** A browser's address bar asks for text/html: where the original has a page to browse, it gets the JSON. */
const SERVED = ['application/json', 'text/html']

/** `accept` is null when the header is absent. An empty one names no type. */
export function acceptsJson(accept: string | null): boolean {
  if (accept === null) return true
  return accept.split(',').some((range) => SERVED.some((type) => includes(range, type)))
}

function includes(range: string, type: string): boolean {
  const [main, sub] = (range.split(';')[0] ?? '').trim().toLowerCase().split('/')
  const [servedMain, servedSub] = type.split('/')
  return (main === '*' || main === servedMain) && (sub === '*' || sub === servedSub)
}
