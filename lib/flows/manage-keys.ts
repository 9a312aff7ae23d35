/**
 * What happens to the signing keys: by time, at a start, and by an operator (docs/design.md, section 7). Each step leaves an audit row.
 * The boot's timer calls upkeep on every instance; the store lets one act.
 */
import type { AuditEvent } from '#lib/core/audit'
import {
  decideDrop,
  decideRotate,
  decideStart,
  decideUpkeep,
  needsFreshKey,
  type DecideKeyStep,
  type KeyPolicy,
  type KeyStep,
  type KeyStore,
  type NewKey,
  type StoredKey,
} from '#lib/core/key-ring'
import type { AuditLog } from '#lib/core/ports'

interface ManageKeysDeps {
  store: KeyStore
  /** A fresh key pair of the servers' algorithm. RSA takes a second. */
  makeKey: () => Promise<NewKey>
  audit: AuditLog
  /** `algorithm` is what a start insists on; null: nothing, if there is a key that signs. */
  policy: KeyPolicy & { algorithm: string | null }
}

/** `key` is the one that signs next, and says from when on. */
export type RotateOutcome = { kind: 'published' | 'hastened' | 'under-way'; key: StoredKey }
export type DropOutcome = { kind: 'dropped'; dropped: StoredKey; current: StoredKey } | { kind: 'not-found' }

export interface ManageKeys {
  /** Oldest first. */
  list(): Promise<StoredKey[]>
  /** A current key of the algorithm in the policy, whatever was there. */
  start(): Promise<void>
  /** Whatever is due by the database's clock. One SELECT when nothing is. */
  upkeep(): Promise<void>
  /** The next key is published and signs in time, with `soon` in five seconds. Nobody is logged out by either. */
  rotate(options: { soon: boolean }): Promise<RotateOutcome>
  /** The key is gone at once, and every token it has signed is refused. */
  drop(kid: string): Promise<DropOutcome>
}

/** Instances that step on each other's toes; a guard against going round for ever. */
const MOST_TRIES = 10

export function createManageKeys({ store, makeKey, audit, policy }: ManageKeysDeps): ManageKeys {
  /** Null: nothing is to be done. A key is made before the lock is taken: RSA would hold all others up. */
  const act = async (decide: DecideKeyStep, reason: string): Promise<KeyStep | null> => {
    for (let left = MOST_TRIES; left > 0; left--) {
      const { keys, now } = await store.read()
      const foreseen = decide(keys, now)
      if (!foreseen) return null
      const fresh = needsFreshKey(foreseen) ? await makeKey() : null
      const step = await store.act(decide, fresh)
      // Null: another instance was first. What is left to do, if anything, is looked at again.
      if (step) {
        await note(step, fresh, reason)
        return step
      }
    }
    return null
  }

  const note = (step: KeyStep, fresh: NewKey | null, reason: string) => {
    const kid = 'kid' in step ? step.kid : (fresh?.kid ?? null)
    const by: Record<string, string | null> = step.kind === 'replace' ? { by: step.by ?? fresh?.kid ?? null } : {}
    const event: AuditEvent = `key.${step.kind}`
    return audit.append({ event, outcome: 'success', reason, actorId: null, context: null, detail: { kid, ...by } })
  }

  const list = async () => (await store.read()).keys
  const current = (keys: StoredKey[]) => get(keys, ({ state }) => state === 'current')

  return {
    list,

    async start() {
      const { keys } = await store.read()
      await act((all) => decideStart(all, policy.algorithm), keys.length === 0 ? 'first_start' : 'algorithm')
    },

    async upkeep() {
      while (await act((keys, now) => decideUpkeep(keys, now, policy), 'schedule'));
    },

    async rotate(options) {
      const step = await act((keys, now) => decideRotate(keys, now, options), 'command_line')
      const keys = await list()
      // A server may have let it sign meanwhile.
      const key = keys.find(({ state }) => state === 'next') ?? current(keys)
      return { kind: step === null ? 'under-way' : step.kind === 'hasten' ? 'hastened' : 'published', key }
    },

    async drop(kid) {
      const dropped = (await list()).find((key) => key.kid === kid)
      if (!dropped) return { kind: 'not-found' }
      const step = await act((keys) => decideDrop(keys, kid), 'command_line')
      return step ? { kind: 'dropped', dropped, current: current(await list()) } : { kind: 'not-found' }
    },
  }
}

function get(keys: StoredKey[], which: (key: StoredKey) => boolean): StoredKey {
  const key = keys.find(which)
  if (!key) throw new Error('The signing keys have changed meanwhile.')
  return key
}
