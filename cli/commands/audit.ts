/** `manage audit tail`: what has happened, oldest first, and with --follow what happens. */
import { setTimeout as pause } from 'node:timers/promises'
import { InvalidArgumentError, type Command } from 'commander'
import { seconds } from '#lib/core/duration'
import type { Latchkey } from '#lib/wiring'
import { printRows, type OutputOptions, type Row } from '../output'
import { withLatchkey } from '../with-latchkey'

type AuditRow = Awaited<ReturnType<Latchkey['auditReader']['tail']>>[number]
interface TailOptions extends OutputOptions {
  lines: number
  follow?: boolean
}

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
    if (!follow) return printRows(rows.map(json ? row : shortRow), { json }, 'Nothing has happened yet.')
    let last = 0n
    for (let batch = rows; ; batch = await auditReader.after(last)) {
      last = batch.at(-1)?.id ?? last
      for (const event of batch) process.stdout.write(`${json ? JSON.stringify(row(event)) : line(event)}\n`)
      await pause(seconds(1))
    }
  })
}

function row({
  id,
  at,
  event,
  outcome,
  reason,
  actorId,
  subjectId,
  session,
  ip,
  userAgent,
  requestId,
  detail,
}: AuditRow): Row {
  const who = { actor_id: actorId, subject_id: subjectId, session, ip, user_agent: userAgent, request_id: requestId }
  return { id: Number(id), at, event, outcome, reason, ...who, detail: detail as unknown as Row[string] }
}

function shortRow({ at, event, outcome, reason, subjectId, session, ip }: AuditRow): Row {
  return {
    at,
    event,
    outcome,
    reason,
    account: subjectId?.slice(0, 8) ?? null,
    session: session?.slice(0, 8) ?? null,
    ip,
  }
}

function line(event: AuditRow): string {
  const cells = Object.values(shortRow(event))
  return cells.map((cell) => (cell instanceof Date ? cell.toISOString() : (cell ?? '-'))).join('  ')
}

function count(text: string): number {
  const lines = Number(text)
  if (Number.isInteger(lines) && lines > 0 && lines <= 10_000) return lines
  throw new InvalidArgumentError('It must be a whole number from 1 to 10000.')
}
