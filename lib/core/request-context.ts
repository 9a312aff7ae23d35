/** What the flows want to know of the request they serve: for the audit row, the throttle and the session row. */
export interface RequestContext {
  /** The client's address in canonical form, the rightmost untrusted hop (TH-4). */
  ip: string
  /** The address as guesses are counted by: IPv4, or the /64 of an IPv6 address, the block one household owns (TH-4). */
  network: string
  /** At most 256 characters. */
  userAgent: string
  /** Also the reply's X-Request-Id. */
  requestId: string
}
