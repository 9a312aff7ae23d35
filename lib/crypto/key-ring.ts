/**
 * The keys this process signs and verifies with, live: read anew every other second by the boot's timer, at once when a token names a key
 * that is not known, and before every use when the last reading is too old to be trusted (docs/design.md, section 7).
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { seconds } from '#lib/core/duration'
import { HEARD_MS, type StoredKey } from '#lib/core/key-ring'
import { openVerifyingKey, published, type PublishedKey, type VerifyingKey } from './signing-keys'

export interface RingKeys {
  /** Null: only the public half is here, tokens are checked and none is issued. */
  signer: VerifyingKey | null
  /** All keys whose tokens are good, by kid (TK-6). The next key is among them: another instance may sign with it already. */
  verifiers: ReadonlyMap<string, VerifyingKey>
  published: PublishedKey[]
}

export interface KeyRing {
  /** As last read. */
  keys(): RingKeys
  /** Waits for a reading that can be trusted. With a token: for one that knows its key, if there is one. Throws what the reading throws. */
  ready(token?: string): Promise<void>
  refresh(): Promise<void>
}

/**
 * A stranger names as many unknown keys as he likes and gets one reading a second for it. Nobody is refused by an older one: a key that
 * signs at once has tokens about before any other instance has read it.
 */
const MISS_MS = seconds(1)

/** A kid of ours is a SHA-256 thumbprint (RFC 7638); for anything else nobody has to wait. */
const THUMBPRINT = /^[\w-]{43}$/

export interface LiveRing {
  read: () => Promise<StoredKey[]>
  /** Throws when the key is sealed under a secret that is not here. Null: this process can do without. */
  openSigner: (key: StoredKey) => Promise<VerifyingKey | null>
  /** Told once of each current key that does not open, while the one of before goes on signing. */
  onFault: (fault: unknown) => void
  /** Milliseconds that only grow. A process that was suspended must see that time has passed. */
  now?: () => number
  pause?: (ms: number) => Promise<unknown>
}

export async function openLiveRing(options: LiveRing): Promise<KeyRing> {
  const { read, openSigner, onFault, now = elapsed, pause = sleep } = options
  let keys: RingKeys = { signer: null, verifiers: new Map(), published: [] }
  let readAt = -Infinity
  let missAt = -Infinity
  let reading: Promise<void> | null = null
  let nextLook: Promise<void> | null = null
  let closed: string | null = null

  const onClosed = (kid: string, fault: Error) => {
    if (closed !== kid) onFault(fault)
    closed = kid
  }
  const reload = async () => {
    const startedAt = now()
    keys = await openKeys(await read(), keys, { openSigner, onClosed })
    readAt = startedAt
  }
  const refresh = () => (reading ??= reload().finally(() => (reading = null)))
  await refresh()

  /** A reading that begins after this call, as soon as one is due. Whoever asks meanwhile waits for the same. */
  const look = () => (nextLook ??= lookWhenDue())
  const lookWhenDue = async () => {
    await pause(Math.min(MISS_MS, Math.max(0, missAt + MISS_MS - now())))
    // A reading that is under way may have begun before the key was there.
    await reading?.catch(() => {})
    missAt = now()
    nextLook = null
    await refresh()
  }

  return {
    keys: () => keys,
    refresh,
    async ready(token) {
      if (now() - readAt > HEARD_MS) await refresh()
      const kid = token === undefined ? null : kidOf(token)
      if (kid !== null && THUMBPRINT.test(kid) && !keys.verifiers.has(kid)) await look()
    },
  }
}

/** Keys that never change while the process runs. */
export function fixedRing(keys: RingKeys): KeyRing {
  return { keys: () => keys, ready: async () => {}, refresh: async () => {} }
}

interface Opening extends Pick<LiveRing, 'openSigner'> {
  onClosed: (kid: string, fault: Error) => void
}

/** What is open already stays open: a key never changes under its name. */
async function openKeys(stored: StoredKey[], before: RingKeys, opening: Opening): Promise<RingKeys> {
  const verifiers = await Promise.all(stored.map((key) => before.verifiers.get(key.kid) ?? openVerifyingKey(key)))
  return {
    signer: await currentSigner(stored, before.signer, opening),
    verifiers: new Map(verifiers.map((key) => [key.kid, key])),
    published: stored.map(published),
  }
}

async function currentSigner(stored: StoredKey[], before: VerifyingKey | null, { openSigner, onClosed }: Opening) {
  const current = stored.find(({ state }) => state === 'current')
  if (!current) throw new Error('There is no current signing key.')
  if (current.kid === before?.kid) return before
  try {
    return await openSigner(current)
  } catch (error) {
    // Another instance has a newer AUTH_SECRET already: the key of until now is good while it is in the ring.
    if (!before || !stored.some(({ kid }) => kid === before.kid)) throw error
    const fault = `Signing key ${current.kid} does not open: it is sealed under another AUTH_SECRET than the one here.`
    const soon = `Key ${before.kid} signs until it is gone; start again with both secrets before (docs/guides/keys.md).`
    onClosed(current.kid, new Error(`${fault} ${soon}`, { cause: error }))
    return before
  }
}

/** The kid a token names, unproven; null when it names none. */
function kidOf(token: string): string | null {
  if (token.length > 4096) return null
  try {
    const header: unknown = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())
    const kid = (header as { kid?: unknown } | null)?.kid
    return typeof kid === 'string' ? kid : null
  } catch {
    return null
  }
}

/** The larger of two clocks: the one stands still while the machine sleeps, the other can be set back. */
const startedAt = Date.now()
const elapsed = () => Math.max(performance.now(), Date.now() - startedAt)
