/**
 * The life of a signing key (docs/design.md, section 7): published, signing, retiring, gone; and what is to be done about the keys now.
 * Pure. The key store carries a step out under its lock and on the database's clock, deciding again there: of many instances one acts.
 */

import { seconds } from './duration'

/**
 * Every instance has heard of a new key after this time: none trusts a reading of the keys that is older. So a key that is published so
 * long before it signs is known wherever its tokens come.
 */
export const HEARD_MS = seconds(5)

export type KeyState = 'next' | 'current' | 'retiring'

export interface KeyFacts {
  kid: string
  alg: string
  state: KeyState
  /** Since when it signs; of the next key, from when on. */
  signsAt: Date
  /** Of a retiring key: its last token is dead then. Null before. */
  expiresAt: Date | null
}

/** A key as the store keeps it. */
export interface StoredKey extends KeyFacts {
  publicJwk: Record<string, unknown>
  sealedPrivate: string
}

export type NewKey = Pick<StoredKey, 'kid' | 'alg' | 'publicJwk' | 'sealedPrivate'>

export interface KeyPolicy {
  /** A key signs this long. */
  rotationAgeMs: number
  /** A new key is published this long before it signs, so that whoever keeps a copy of the key set has it in time (KY-3). */
  publishAheadMs: number
}

export type KeyStep =
  /** A fresh key signs at once and the current one, if any, retires. A key that waits to be next has never signed and goes. */
  | { kind: 'begin' }
  /** A fresh key is published and signs later; with `soon` as soon as every instance has heard of it. */
  | { kind: 'publish'; soon: boolean }
  /** The next key signs as soon as every instance has heard of it. */
  | { kind: 'hasten'; kid: string }
  /** The next key signs and the current one retires. */
  | { kind: 'promote'; kid: string }
  /** The last token of a retiring key is dead. */
  | { kind: 'forget'; kid: string }
  /** An emergency: the key is gone at once, and with it every token it has signed. */
  | { kind: 'drop'; kid: string }
  /** The same for the current key. The next key signs in its place, or with null a fresh one. */
  | { kind: 'replace'; kid: string; by: string | null }

export type DecideKeyStep = (keys: KeyFacts[], now: Date) => KeyStep | null

export interface KeyStore {
  /** All keys, oldest first, and the database's clock. */
  read(): Promise<{ keys: StoredKey[]; now: Date }>
  /**
   * Asks for the step under the lock, with the keys and the clock of the database, and carries it out.
   * Null: nothing is to be done, or it would take a fresh key and none was given.
   */
  act(decide: DecideKeyStep, fresh: NewKey | null): Promise<KeyStep | null>
}

export const needsFreshKey = (step: KeyStep) =>
  step.kind === 'begin' || step.kind === 'publish' || (step.kind === 'replace' && step.by === null)

/** What time alone asks for, one step at a time. */
export function decideUpkeep(keys: KeyFacts[], now: Date, policy: KeyPolicy): KeyStep | null {
  const { current, next } = byState(keys)
  if (!current) return next ? { kind: 'promote', kid: next.kid } : { kind: 'begin' }
  if (next && next.signsAt <= now) return { kind: 'promote', kid: next.kid }
  const publishAt = current.signsAt.getTime() + policy.rotationAgeMs - policy.publishAheadMs
  if (!next && publishAt <= now.getTime()) return { kind: 'publish', soon: false }
  const over = keys.find(({ state, expiresAt }) => state === 'retiring' && expiresAt !== null && expiresAt <= now)
  return over ? { kind: 'forget', kid: over.kid } : null
}

/** What a start asks for: a key that signs, of the algorithm that is set. Null: a command, which takes whatever key the servers have. */
export function decideStart(keys: KeyFacts[], algorithm: string | null): KeyStep | null {
  const { current } = byState(keys)
  return current && (algorithm === null || current.alg === algorithm) ? null : { kind: 'begin' }
}

/** What an operator's rotation asks for. Null: one is under way. */
export function decideRotate(keys: KeyFacts[], now: Date, { soon }: { soon: boolean }): KeyStep | null {
  const { next } = byState(keys)
  if (!next) return { kind: 'publish', soon }
  const isSoon = next.signsAt.getTime() <= now.getTime() + HEARD_MS
  return soon && !isSoon ? { kind: 'hasten', kid: next.kid } : null
}

/** Null: there is no such key. */
export function decideDrop(keys: KeyFacts[], kid: string): KeyStep | null {
  const key = keys.find((one) => one.kid === kid)
  if (!key) return null
  return key.state === 'current' ? { kind: 'replace', kid, by: byState(keys).next?.kid ?? null } : { kind: 'drop', kid }
}

function byState(keys: KeyFacts[]) {
  const of = (state: KeyState) => keys.find((key) => key.state === state)
  return { current: of('current'), next: of('next') }
}
