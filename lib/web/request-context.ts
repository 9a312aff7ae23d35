/** What the flows learn of a request, and its id: also when middleware has not run (MW-2). */
import { randomBytes } from 'node:crypto'
import type { RequestContext } from '#lib/core/request-context'
import { running } from '#lib/running'
import { clientAddress, networkOf } from './client-address'
import { REQUEST_ID_HEADER } from './internal-headers'

const USER_AGENT_MAX = 256

export const newRequestId = () => randomBytes(8).toString('hex')

export async function requestContext(headers: Headers): Promise<RequestContext> {
  const { config } = await running()
  const ip = clientAddress(headers, config.trustedProxies)
  return {
    ip,
    network: networkOf(ip),
    userAgent: printable(headers.get('user-agent') ?? '').slice(0, USER_AGENT_MAX),
    requestId: headers.get(REQUEST_ID_HEADER) ?? newRequestId(),
  }
}

/** A header can hold any byte; a log line and a page should not (LG-5). */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, '\u{FFFD}')
}
