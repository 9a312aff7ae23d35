/** How many bytes of a request's body are taken, by path (TH-9). Pure; the listener counts before anything is kept (cli/serve). */
import { answersInData } from './gate'
import { CSP_REPORT_PATH } from './security-headers'

export const DATA_LIMIT = 16_384
const REPORT_LIMIT = 10_000
/** The forms of pages carry their state along, twice where there is no JavaScript. */
const PAGE_LIMIT = 65_536

export function bodyLimit(pathname: string): number {
  if (`${pathname}/`.startsWith(CSP_REPORT_PATH)) return REPORT_LIMIT
  return answersInData(pathname) || pathname === '/theme' ? DATA_LIMIT : PAGE_LIMIT
}
