/** The part of the wiring for checks without SQL (docs/design.md, section 5): the view, the feed that keeps it true, and the stores that tell it. */
import type { SessionStore, UserStore } from '#lib/core/ports'
import { LiveView } from '#lib/core/live-view'
import type { FindLive } from '#lib/flows/identify'
import { openChangeFeed } from '#lib/store/change-feed'
import type { Database } from '#lib/store/database'
import type { DatabaseClock } from '#lib/store/database-clock'
import { createLiveSessions } from '#lib/store/live-sessions'
import { tellingSessions, tellingUsers } from '#lib/store/local-changes'

/** About 2 kB each. Who is not among them costs one read. */
const SESSIONS_KEPT = 20_000

export interface LiveOptions {
  database: Database
  /** Whether the database delivers notifications. */
  listens: boolean
  clock: DatabaseClock
  sessions: SessionStore
  users: UserStore
}

export interface Live {
  sessions: SessionStore
  users: UserStore
  find: FindLive
  close(): Promise<void>
}

export async function openLive({ database, listens, clock, sessions, users }: LiveOptions): Promise<Live> {
  const view = new LiveView(SESSIONS_KEPT)
  const feed = await openChangeFeed({
    db: database.prisma,
    connection: listens ? database.connection : null,
    onChange: (change) => view.changed(change),
  })
  const live = createLiveSessions({ view, feed, clock, read: (sid) => sessions.find(sid) })
  return {
    sessions: tellingSessions(sessions, view),
    users: tellingUsers(users, view),
    find: (sid, generation) => live.find(sid, generation),
    close: () => feed.close(),
  }
}

/** A command of the shell asks once and ends: it reads the rows. */
export function withoutView({ sessions, users }: Pick<LiveOptions, 'sessions' | 'users'>): Live {
  return { sessions, users, find: (sid) => sessions.find(sid), close: async () => {} }
}
