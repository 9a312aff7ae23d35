/**
 * The change feed: what triggers have written down about sessions and users, brought to this instance (docs/design.md, section 5).
 * By LISTEN where the database delivers it, and by asking every second everywhere.
 *
 * Commits become visible out of the order of their ids. Each poll therefore asks for every row whose transaction was not surely over
 * at the poll before (xid >= that snapshot's xmin): some rows come twice, none is missed.
 */
import pg from 'pg'
import { minutes, seconds } from '#lib/core/duration'
import type { Change } from '#lib/core/live-view'
import { Prisma, type PrismaClient } from './generated/client'
import { pruneInParts } from './prune-in-parts'

export interface ChangeFeed {
  /** Asks at once. Throws what the database throws. */
  poll(): Promise<void>
  /** How old the news is, in milliseconds: what happened before that is known here. */
  ageMs(): number
  close(): Promise<void>
}

export interface FeedOptions {
  db: PrismaClient
  /** Where to LISTEN; null: the embedded database, which delivers no notifications. */
  connection: pg.ClientConfig | null
  onChange: (change: Change) => void
  everyMs?: number
}

/** Rows are kept far longer than any instance waits between two polls; one that was away for longer starts from nothing. */
const keptMs = minutes(60)
const awayMs = minutes(10)
/** Beyond that it is quicker to forget everything than to be told. */
const most = 5000

interface PollRow {
  xmin: string
  changes: { s: string | null; u: string | null }[]
}

export async function openChangeFeed({
  db,
  connection,
  onChange,
  everyMs = seconds(1),
}: FeedOptions): Promise<ChangeFeed> {
  let since: string | null = null
  let heard = { wall: 0, steady: 0 }
  let running: Promise<void> | null = null
  let next: Promise<void> | null = null
  let closed = false

  // A machine that was asleep has one clock that noticed; the larger of the two is the age.
  const ageMs = () => Math.max(Date.now() - heard.wall, performance.now() - heard.steady)

  async function once(): Promise<void> {
    const started = { wall: Date.now(), steady: performance.now() }
    if (since !== null && ageMs() > awayMs) since = null
    const [row] = await db.$queryRaw<PollRow[]>(Prisma.sql`
      SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xmin, COALESCE((
        SELECT json_agg(json_build_object('s', session_id, 'u', user_id)) FROM (
          SELECT session_id, user_id FROM changes WHERE xid >= ${since}::text::xid8 LIMIT ${most + 1}::int
        ) AS news
      ), '[]'::json) AS changes`)
    if (!row) return
    // Lower than before: another cluster, restored from a copy, whose transactions count anew.
    const unsure = since === null || row.changes.length > most || BigInt(row.xmin) < BigInt(since)
    if (unsure) onChange({ sessionId: null, userId: null })
    else for (const { s, u } of row.changes) onChange({ sessionId: s, userId: u })
    since = row.xmin
    heard = started
  }

  const start = () => (running = once().finally(() => (running = null)))

  /** One at a time. Who asks while one runs needs the next: that one's snapshot may be from before what he asks about. */
  function poll(): Promise<void> {
    if (!running) return start()
    next ??= running
      .catch(() => {})
      .then(() => {
        next = null
        return start()
      })
    return next
  }

  const timer = setInterval(() => void (running ?? poll().catch(() => {})), everyMs)
  timer.unref()
  const listener = connection && listen(connection, () => void poll().catch(() => {}))
  await poll()

  return {
    poll,
    ageMs,
    async close() {
      if (closed) return
      closed = true
      clearInterval(timer)
      await listener?.close()
      await running?.catch(() => {})
    },
  }
}

/** Forgets what every instance has heard of. */
export function pruneChanges(db: PrismaClient): Promise<number> {
  return pruneInParts(
    (limit) => db.$executeRaw`
      DELETE FROM changes WHERE id IN (
        SELECT id FROM changes WHERE at < now() - ${keptMs}::float8 * interval '1 millisecond' LIMIT ${limit}::int FOR UPDATE SKIP LOCKED
      )`,
  )
}

/** Stays connected, or tries to: while it is not, the polls alone bring the news. */
function listen(connection: pg.ClientConfig, onNotice: () => void): { close(): Promise<void> } {
  let client: pg.Client | null = null
  let retry: NodeJS.Timeout | undefined
  let closed = false

  async function connect(): Promise<void> {
    const mine = new pg.Client({ connectionTimeoutMillis: seconds(2), keepAlive: true, ...connection })
    client = mine
    const lost = () => {
      if (client !== mine || closed) return
      client = null
      retry = setTimeout(() => void connect(), seconds(1)).unref()
    }
    mine.on('error', lost)
    mine.on('end', lost)
    mine.on('notification', onNotice)
    try {
      await mine.connect()
      await mine.query('LISTEN latchkey_changes')
      // What was said while nobody listened.
      onNotice()
    } catch {
      await mine.end().catch(() => {})
      lost()
    }
  }

  void connect()
  return {
    async close() {
      closed = true
      clearTimeout(retry)
      await client?.end().catch(() => {})
    },
  }
}
