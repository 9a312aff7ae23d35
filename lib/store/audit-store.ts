/** The audit table: insert-only, held so by a trigger in the database (LG-6). Read by `manage audit tail`. */
import { createHash } from 'node:crypto'
import type { AuditEntry } from '#lib/core/audit'
import type { AuditLog } from '#lib/core/ports'
import { createAuditSample, sampleLimits, type SampleLimits } from './audit-sample'
import type { AuditEvent, PrismaClient } from './generated/client'

/** A session id as the audit table keeps it: enough to follow a session, useless to present as one (LG-1). */
export function sessionMark(sid: string): string {
  return createHash('sha256').update(sid).digest('hex').slice(0, 12)
}

export interface AuditReader {
  /** The newest `count` rows, oldest first. */
  tail(count: number): Promise<AuditEvent[]>
  /** The rows after that id, oldest first. */
  after(id: bigint): Promise<AuditEvent[]>
}

export interface SampledAuditLog extends AuditLog {
  /** Writes what is still to be said about rows left out; at the end of the process. */
  flush(): Promise<void>
}

/**
 * `onFault` hears of writes that failed: they stop nobody's login (LG-7). What strangers can repeat without end is sampled, so that they
 * cannot fill the table; what was left out is told when its window ends.
 */
export function createAuditLog(
  db: PrismaClient,
  onFault: (error: unknown) => void,
  limits: SampleLimits = sampleLimits,
): SampledAuditLog {
  const sample = createAuditSample(limits)
  let timer: NodeJS.Timeout | null = null
  const write = async (entries: AuditEntry[]) => {
    if (entries.length > 0) await db.auditEvent.createMany({ data: entries.map(row) }).catch(onFault)
  }
  // As long as something is owed; it keeps no process alive.
  const lookLater = () => {
    timer ??= setTimeout(() => {
      timer = null
      void write(sample.due(performance.now()))
      if (sample.owes()) lookLater()
    }, limits.windowMs + 10).unref()
  }

  return {
    async append(entry) {
      if (sample.admit(entry, performance.now())) return write([entry])
      lookLater()
    },
    async flush() {
      if (timer) clearTimeout(timer)
      await write(sample.due(Infinity))
    },
  }
}

export function createAuditReader(db: PrismaClient): AuditReader {
  return {
    tail: async (count) => (await db.auditEvent.findMany({ orderBy: { id: 'desc' }, take: count })).reverse(),
    after: (id) => db.auditEvent.findMany({ where: { id: { gt: id } }, orderBy: { id: 'asc' }, take: 1000 }),
  }
}

function row({ event, outcome, reason, actorId, subjectId, sessionId, context, detail }: AuditEntry) {
  return {
    event,
    outcome,
    reason: reason ?? null,
    actorId: actorId ?? null,
    subjectId: subjectId ?? null,
    session: sessionId ? sessionMark(sessionId) : null,
    ip: context?.ip ?? null,
    userAgent: context?.userAgent ?? null,
    requestId: context?.requestId ?? null,
    ...(detail ? { detail } : {}),
  }
}
