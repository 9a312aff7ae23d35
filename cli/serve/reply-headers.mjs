/** Headers put on a reply at the last moment before it leaves, whoever has made it: a page, a handler, the gate, or Next before any of them. */

/**
 * @param {import('node:http').ServerResponse} response
 * @param {{ always: Record<string, string>, unlessSet: Record<string, string> }} headers
 */
export function addHeaders(response, { always, unlessSet }) {
  const { writeHead } = response
  // Every reply passes here, those that never name it too.
  response.writeHead = (/** @type {any[]} */ ...args) => {
    for (const [name, value] of Object.entries(unlessSet))
      if (!response.hasHeader(name)) response.setHeader(name, value)
    for (const [name, value] of Object.entries(always)) {
      response.setHeader(name, name === 'Vary' ? joined(response.getHeader(name), value) : value)
    }
    // HD-7: Next's own words about an action that it does not know.
    if (response.getHeader('content-type') === 'text/plain')
      response.setHeader('content-type', 'text/plain; charset=utf-8')
    return Reflect.apply(writeHead, response, args)
  }
}

/**
 * A reply may vary by more than we know of.
 * @param {number | string | string[] | undefined} present
 * @param {string} added
 */
function joined(present, added) {
  const names = [present ?? []]
    .flat()
    .flatMap((line) => String(line).split(/\s*,\s*/))
    .filter(Boolean)
  return names.some((name) => name.toLowerCase() === added.toLowerCase())
    ? names.join(', ')
    : [...names, added].join(', ')
}
