/** `manage audit tail`: what has happened, oldest first, and with --follow what happens. */
import { setTimeout as pause } from 'node:timers/promises'
import { InvalidArgumentError, type Command } from 'commander'
import type { Latchkey } from '#lib/wiring'
import { Ending, INTERRUPTED } from '../ending'
import { aligned, localTime, print, printRows, say, type OutputOptions, type Row } from '../output'
import { withLatchkey } from '../with-latchkey'

type AuditReader = Latchkey['auditReader']
type AuditRow = Awaited<ReturnType<AuditReader['tail']>>[number]
interface TailOptions extends OutputOptions {
  lines: number
  follow?: boolean
}

const everyMs = 1000
// Fixed, so that what --follow adds stands under what came before; together 80 with an IPv4 address.
const headings = ['at', 'event', 'reason', 'account', 'ip']
const widths = [19, 16, 14, 8]

export function addAuditCommands(program: Command): void {
  program
    .command('audit')
    .description('what has happened to accounts and sessions')
    .command('tail')
    .description('the newest rows, oldest first')
    .option('-n, --lines <count>', 'how many', count, 20)
    .option('--follow', 'go on with what happens, until Ctrl-C')
    .option('--json', 'answer in JSON; with --follow an object a line')
    .action(tail)
}

async function tail({ lines, follow, json }: TailOptions) {
  await withLatchkey(async ({ auditReader }) => {
    const rows = await auditReader.tail(lines)
    if (json && !follow) return printRows(rows.map(row), { json }, '')
    if (rows.length === 0) say('Nothing has happened yet.')
    if (!json && (follow || rows.length > 0)) print(aligned(headings, widths))
    const show = (event: AuditRow) => print(json ? JSON.stringify(row(event)) : line(event))
    rows.forEach(show)
    if (follow) await goOn(auditReader, rows.at(-1)?.id ?? 0n, show)
  })
}

async function goOn(reader: AuditReader, last: bigint, show: (event: AuditRow) => void) {
  const interrupted = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => interrupted.abort())
  while (!interrupted.signal.aborted) {
    const rows = await reader.after(last)
    rows.forEach(show)
    last = rows.at(-1)?.id ?? last
    await pause(everyMs, undefined, { signal: interrupted.signal }).catch(() => {})
  }
  throw new Ending(INTERRUPTED, '')
}

function row({ id, at, event, outcome, reason, session, ip, detail, ...ids }: AuditRow): Row {
  const who = { actor_id: ids.actorId, subject_id: ids.subjectId, session, ip }
  const request = { user_agent: ids.userAgent, request_id: ids.requestId }
  return { id: Number(id), at, event, outcome, reason, ...who, ...request, detail: detail as unknown as Row[string] }
}

function line({ at, event, outcome, reason, subjectId, ip }: AuditRow): string {
  const what = outcome === 'failure' ? `${event}!` : event
  return aligned([localTime(at), what, reason ?? '-', subjectId?.slice(0, 8) ?? '-', ip ?? '-'], widths)
}

function count(text: string): number {
  const lines = Number(text)
  if (Number.isInteger(lines) && lines > 0 && lines <= 10_000) return lines
  throw new InvalidArgumentError('It must be a whole number from 1 to 10000.')
}
