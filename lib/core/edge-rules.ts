/**
 * What the listener in front of Next decides by (cli/serve): it is plain JavaScript and imports nothing of lib; lib/boot.ts hands it these.
 * Pure; ids and nonces are made by the caller.
 */
import { bodyLimit } from './body-limit'
import { decideCors, type CorsAnswer, type CorsRequest } from './cors'
import { answersInData } from './gate'
import { refusalPage } from './refusal-page'
import { readTarget, pathOf, type TargetReading } from './request-target'
import { commonHeaders, DATA_POLICY, NO_STORE, pagePolicy } from './security-headers'

export interface EdgeSettings {
  secure: boolean
  development: boolean
  corsOrigins: readonly string[]
  /** The name of the header that access tokens come in, in small letters. */
  tokenHeader: string
}

export interface Refusal {
  status: number
  sentence: string
  code: string
  requestId: string
  /** Of 16 random bytes in base64 (HD-1). */
  nonce: string
  /** A page is for those who ask a page's path for text/html; everybody else gets JSON (ER-1). */
  asPage: boolean
}

export interface EdgeRules {
  /** HD-3, HD-4: for replies that have them from nowhere else. */
  commonHeaders: Record<string, string>
  readTarget(target: string): TargetReading
  /** In bytes. */
  bodyLimit(target: string): number
  cors(request: Omit<CorsRequest, 'pathname'> & { target: string }): CorsAnswer
  wantsPage(target: string, accept: string): boolean
  refusal(refusal: Refusal): { headers: Record<string, string>; body: string }
}

export function edgeRules(settings: EdgeSettings): EdgeRules {
  const crossSite = { origins: settings.corsOrigins, tokenHeader: settings.tokenHeader }
  return {
    commonHeaders: commonHeaders(settings),
    readTarget,
    bodyLimit: (target) => bodyLimit(pathOf(target)),
    cors: ({ target, ...request }) => decideCors({ pathname: pathOf(target), ...request }, crossSite),
    wantsPage: (target, accept) => accept.includes('text/html') && !answersInData(pathOf(target)),
    refusal: (refusal) => refusalReply(refusal, settings),
  }
}

function refusalReply({ asPage, code, ...facts }: Refusal, settings: EdgeSettings) {
  const policy = asPage ? pagePolicy({ ...settings, nonce: facts.nonce }) : DATA_POLICY
  return {
    headers: {
      ...commonHeaders(settings),
      'Content-Type': `${asPage ? 'text/html' : 'application/json'}; charset=utf-8`,
      'Content-Security-Policy': policy,
      'Cache-Control': NO_STORE,
      'X-Request-Id': facts.requestId,
    },
    body: asPage ? refusalPage(facts) : JSON.stringify({ detail: facts.sentence, code }),
  }
}
