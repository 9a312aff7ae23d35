/**
 * What this instance has seen of sessions: a bounded memory that the change feed keeps true (docs/design.md, section 5).
 * It may only say yes: whoever finds nothing here, or something that is over, reads the row.
 */
import type { SessionView } from './records'

/** What has changed. Neither id: everything may have. */
export interface Change {
  sessionId: string | null
  userId: string | null
}

/** A read of a row on its way. What changes meanwhile must not be overwritten by what was read before. */
export interface Fill {
  sid: string
  spoilt: boolean
  changedUsers: Set<string>
}

export class LiveView {
  /** Oldest use first. */
  readonly #sessions = new Map<string, SessionView>()
  readonly #byUser = new Map<string, Set<string>>()
  readonly #fills = new Set<Fill>()

  constructor(private readonly limit: number) {}

  get size(): number {
    return this.#sessions.size
  }

  get(sid: string): SessionView | null {
    const view = this.#sessions.get(sid)
    if (!view) return null
    this.#sessions.delete(sid)
    this.#sessions.set(sid, view)
    return view
  }

  /** To be taken before the row is read. */
  begin(sid: string): Fill {
    const fill = { sid, spoilt: false, changedUsers: new Set<string>() }
    this.#fills.add(fill)
    return fill
  }

  /** With what was read; null: nothing, or the read failed. */
  finish(fill: Fill, view: SessionView | null): void {
    this.#fills.delete(fill)
    if (!view || fill.spoilt || fill.changedUsers.has(view.user.id)) return
    this.#forget(fill.sid)
    this.#sessions.set(fill.sid, view)
    this.#ofUser(view.user.id).add(fill.sid)
    for (const oldest of this.#sessions.keys()) {
      if (this.#sessions.size <= this.limit) return
      this.#forget(oldest)
    }
  }

  changed({ sessionId, userId }: Change): void {
    if (sessionId === null && userId === null) return this.clear()
    if (sessionId !== null) this.#forget(sessionId)
    if (userId !== null) for (const sid of [...(this.#byUser.get(userId) ?? [])]) this.#forget(sid)
    for (const fill of this.#fills) {
      if (fill.sid === sessionId) fill.spoilt = true
      if (userId !== null) fill.changedUsers.add(userId)
    }
  }

  clear(): void {
    this.#sessions.clear()
    this.#byUser.clear()
    for (const fill of this.#fills) fill.spoilt = true
  }

  #ofUser(id: string): Set<string> {
    const known = this.#byUser.get(id) ?? new Set()
    this.#byUser.set(id, known)
    return known
  }

  #forget(sid: string): void {
    const view = this.#sessions.get(sid)
    if (!view) return
    this.#sessions.delete(sid)
    const mine = this.#byUser.get(view.user.id)
    mine?.delete(sid)
    if (mine?.size === 0) this.#byUser.delete(view.user.id)
  }
}
