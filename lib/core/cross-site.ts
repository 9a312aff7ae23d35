/**
 * Whether a request that changes something comes from our own pages (CS-1). Applied by the gate before anything runs,
 * and again by the wrapper of every action and cookie handler (CS-2): middleware is never the only guard.
 */
export interface RequestOrigin {
  method: string
  /** Sec-Fetch-Site, set by the browser and out of reach of page scripts. */
  fetchSite: string | null
  origin: string | null
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/** True when the request may go on: it changes nothing, or it provably comes from one of `ours`. */
export function isSameOrigin({ method, fetchSite, origin }: RequestOrigin, ours: readonly string[]): boolean {
  if (SAFE_METHODS.has(method)) return true
  // `none` is a typed address or a bookmark, which never POSTs; `same-site` is a neighbour, not us.
  if (fetchSite !== null) return fetchSite === 'same-origin'
  return origin !== null && ours.includes(origin)
}
