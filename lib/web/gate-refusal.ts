/** The replies the gate gives itself: a page for people, JSON for programs, the same sentence in both. */
import { NextResponse, type NextRequest } from 'next/server'
import { answersInData } from '#lib/core/gate'
import { refusalPage } from '#lib/core/refusal-page'
import { isVerifyOnly, VERIFY_ONLY_SENTENCE } from '#lib/core/verify-only'
import { reportFault } from '#lib/report-fault'
import { isUnavailable } from '#lib/store/database'
import type { Envelope } from './gate-envelope'

const RETRY_AFTER_S = 5

export function refusal(
  request: NextRequest,
  envelope: Envelope,
  status: number,
  sentence: string,
  code: string,
): NextResponse {
  if (wantsPage(request)) return page(envelope, status, sentence)
  const headers = { 'Content-Type': 'application/json; charset=utf-8', Vary: 'Accept' }
  return NextResponse.json({ detail: sentence, code }, { status, headers })
}

/** 503 while the database does not answer, 500 for what nobody expected; neither says more than the request's id (ER-1, ER-2). */
export function serverFault(fault: unknown, request: NextRequest, envelope: Envelope): NextResponse {
  if (isVerifyOnly(fault)) return refusal(request, envelope, 403, VERIFY_ONLY_SENTENCE, 'verify_only')
  reportFault(fault, envelope.requestId)
  if (!isUnavailable(fault)) return refusal(request, envelope, 500, 'Something went wrong on our side.', 'error')
  const sentence = 'We cannot reach our database just now. You are still logged in; please try again in a moment.'
  const response = refusal(request, envelope, 503, sentence, 'unavailable')
  response.headers.set('Retry-After', String(RETRY_AFTER_S))
  return response
}

function wantsPage(request: NextRequest): boolean {
  return (request.headers.get('accept') ?? '').includes('text/html') && !answersInData(request.nextUrl.pathname)
}

function page({ nonce, requestId }: Envelope, status: number, sentence: string): NextResponse {
  const html = refusalPage({ status, sentence, requestId, nonce })
  return new NextResponse(html, { status, headers: { 'Content-Type': 'text/html; charset=utf-8' } })
}
