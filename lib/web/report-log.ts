/** The log lines about what browsers report (`/api/csp-report/`). Anybody can send reports: a minute has room for so many lines and no more. */
import { atEnd, decideLine, reportBudget, unspent } from '#lib/core/line-budget'

let spent = unspent
let settling: NodeJS.Timeout | null = null

/** One line, or none when this minute's are used up; how many were left out is told when the minute is over. */
export function logViolation(directives: string[]): void {
  const at = performance.now()
  const decision = decideLine(spent, at, reportBudget)
  spent = decision.spent
  tell(decision.leftOut)
  if (decision.write) return log({ directives })
  // Perhaps nobody comes after it. A timer can be a little early.
  settling ??= setTimeout(settle, spent.endsAt - at + 10).unref()
}

function settle(): void {
  settling = null
  const ended = atEnd(spent, performance.now(), reportBudget)
  spent = ended.spent
  tell(ended.leftOut)
}

function tell(leftOut: number): void {
  if (leftOut > 0) log({ left_out: leftOut })
}

function log(what: object): void {
  console.warn(JSON.stringify({ ts: new Date().toISOString(), level: 'warn', event: 'csp.violation', ...what }))
}
