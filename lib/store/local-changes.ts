/**
 * The stores of sessions and users, telling the view of this instance of what is changed through them, before their callers go on:
 * who has logged out here is refused here, without waiting for the feed. Also when a statement fails, for it may have been carried out.
 */
import type { LiveView } from '#lib/core/live-view'
import type { SessionStore, UserStore } from '#lib/core/ports'

export function tellingSessions(store: SessionStore, view: LiveView): SessionStore {
  const session = (sessionId: string) => view.changed({ sessionId, userId: null })
  const user = (userId: string) => view.changed({ sessionId: null, userId })
  return {
    ...store,
    start(wanted) {
      return afterwards(store.start(wanted), () => {
        user(wanted.user.id)
        if (wanted.supersedes !== null) session(wanted.supersedes)
      })
    },
    confirm: (sid, ...given) => afterwards(store.confirm(sid, ...given), () => session(sid)),
    present: (sid, ...given) => afterwards(store.present(sid, ...given), () => session(sid)),
    presentApi: (sid, ...given) => afterwards(store.presentApi(sid, ...given), () => session(sid)),
    revoke: (sid, ...given) => afterwards(store.revoke(sid, ...given), () => session(sid)),
    revokeOthers: (userId, ...given) => afterwards(store.revokeOthers(userId, ...given), () => user(userId)),
  }
}

export function tellingUsers(store: UserStore, view: LiveView): UserStore {
  const user = (userId: string) => view.changed({ sessionId: null, userId })
  return {
    ...store,
    setPassword: (id, ...given) => afterwards(store.setPassword(id, ...given), () => user(id)),
    changePassword: (id, ...given) => afterwards(store.changePassword(id, ...given), () => user(id)),
    setActive: (id, ...given) => afterwards(store.setActive(id, ...given), () => user(id)),
    delete: (id) => afterwards(store.delete(id), () => user(id)),
  }
}

const afterwards = <T>(act: Promise<T>, tell: () => void): Promise<T> => act.finally(tell)
