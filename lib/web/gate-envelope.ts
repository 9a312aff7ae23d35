/** What the gate puts around every request and reply: id, nonce, path for the pages behind it; security headers for the browser. */
import { randomBytes } from 'node:crypto'
import type { NextRequest, NextResponse } from 'next/server'
import { commonHeaders, CSP_REPORT_PATH, DATA_POLICY, NO_STORE, pagePolicy } from '#lib/core/security-headers'
import { running } from '#lib/running'
import { ARRIVED_HEADER, FORGEABLE_HEADERS, PATH_HEADER, POLICY_HEADER, REQUEST_ID_HEADER } from './internal-headers'
import { newRequestId } from './request-context'

export interface Envelope {
  requestId: string
  nonce: string
  secure: boolean
  policy: string
  /** The request's headers as the page behind will see them. */
  forwarded: Headers
}

export async function openEnvelope(request: NextRequest): Promise<Envelope> {
  const { config } = await running()
  const requestId = newRequestId()
  const nonce = randomBytes(16).toString('base64')
  const policy = pagePolicy({ secure: config.secure, development: config.development, nonce })
  const forwarded = new Headers(request.headers)
  for (const name of FORGEABLE_HEADERS) forwarded.delete(name)
  forwarded.set(REQUEST_ID_HEADER, requestId)
  forwarded.set(PATH_HEADER, request.nextUrl.pathname + request.nextUrl.search)
  forwarded.set(ARRIVED_HEADER, String(Date.now()))
  forwarded.set(POLICY_HEADER, policy)
  return { requestId, nonce, secure: config.secure, policy, forwarded }
}

/** HD-1 to HD-5. Pages are never stored: they are personal, or carry a nonce, or both. */
export function dress(
  response: NextResponse,
  { requestId, secure, policy }: Envelope,
  kind: 'page' | 'data' | 'published' | 'static',
): NextResponse {
  const { headers } = response
  for (const [name, value] of Object.entries(commonHeaders({ secure }))) headers.set(name, value)
  headers.set('X-Request-Id', requestId)
  if (kind === 'published') headers.set('Cross-Origin-Resource-Policy', 'cross-origin')
  // What is published says itself how long it keeps; a refusal, which has a body already, does not keep.
  if (kind !== 'static' && (kind !== 'published' || response.body !== null)) headers.set('Cache-Control', NO_STORE)
  const isData =
    kind === 'data' || kind === 'published' || (headers.get('content-type') ?? '').startsWith('application/json')
  headers.set('Content-Security-Policy', isData ? DATA_POLICY : policy)
  if (!isData) headers.set('Reporting-Endpoints', `csp="${CSP_REPORT_PATH}"`)
  return response
}
