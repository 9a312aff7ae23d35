/**
 * Finding a session without SQL (docs/design.md, section 5): from the view while the feed is fresh, else from its row.
 * Only a yes is taken from the view. A refusal is always decided by the row.
 */
import { minutes, seconds } from '#lib/core/duration'
import { LiveView } from '#lib/core/live-view'
import type { SessionView } from '#lib/core/records'
import { sessionOver } from '#lib/core/session-state'
import type { ChangeFeed } from './change-feed'
import type { DatabaseClock } from './database-clock'

export interface LiveSessionsOptions {
  view: LiveView
  feed: Pick<ChangeFeed, 'ageMs'>
  clock: Pick<DatabaseClock, 'at'>
  /** One read of the row. */
  read: (sid: string) => Promise<SessionView | null>
}

/** How old the news may be for the view to be believed. */
export const FEED_STALE_MS = seconds(5)
/** Last seen and the like are not in the feed: once a minute a session's row is read anyway. */
const ENTRY_KEPT_MS = minutes(1)

export interface LiveSessions {
  /** `generation`: at least what the presented token says. A row that is behind it here has moved on elsewhere. */
  find(sid: string, generation: number): Promise<SessionView | null>
}

export function createLiveSessions({ view, feed, clock, read }: LiveSessionsOptions): LiveSessions {
  return {
    async find(sid, generation) {
      const known = feed.ageMs() < FEED_STALE_MS ? view.get(sid) : null
      if (known) {
        const now = clock.at()
        // A copy: what a page does to its principal must not last for the next request.
        const present = { ...structuredClone(known), now }
        const young = now.getTime() - known.now.getTime() < ENTRY_KEPT_MS
        if (young && known.session.generation >= generation && sessionOver(present) === null) return present
      }
      const fill = view.begin(sid)
      let found: SessionView | null = null
      try {
        found = await read(sid)
        return found
      } finally {
        view.finish(fill, found)
      }
    },
  }
}
