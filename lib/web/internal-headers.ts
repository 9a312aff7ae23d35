/**
 * The request headers that only we may set. cli/serve.mjs drops every inbound `x-latchkey-*` and sets the peer;
 * the gate sets the others for the pages behind it.
 */
export const PEER_HEADER = 'x-latchkey-peer'
export const REQUEST_ID_HEADER = 'x-latchkey-request-id'
/** Path and query of the page asked for, so that the guard can come back to it after the login. */
export const PATH_HEADER = 'x-latchkey-path'
/** When the request arrived, in milliseconds since 1970: the instant at which its access token is judged, by gate and guard alike. */
export const ARRIVED_HEADER = 'x-latchkey-arrived'
/** Next reads the nonce from this request header; a client must never choose it (HD-1). */
export const POLICY_HEADER = 'content-security-policy'

/** What a client may have sent and nobody behind the gate may read. */
export const FORGEABLE_HEADERS = [
  REQUEST_ID_HEADER,
  PATH_HEADER,
  ARRIVED_HEADER,
  POLICY_HEADER,
  'content-security-policy-report-only',
  'x-nonce',
]
