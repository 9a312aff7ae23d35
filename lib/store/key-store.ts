/**
 * The signing keys, and the fingerprints of the secrets this database belongs to (docs/design.md, section 7).
 * core/key-ring.ts decides what is to be done; here it is done, by one instance at a time and by the database's clock.
 */
import { seconds } from '#lib/core/duration'
import { HEARD_MS, type KeyStep, type KeyStore, type NewKey, type StoredKey } from '#lib/core/key-ring'
import { StartError } from '#lib/core/start-error'
import type { Prisma, PrismaClient } from './generated/client'

/** Any number that no other lock of ours uses. */
const KEY_LOCK = 72_707_370

/** A key stays this much longer than its last token: an instance that has not heard of a rotation yet signs with it a little longer. */
const LATE_S = 300

export interface KeyTimes {
  publishAheadMs: number
  /** The longest that a token of ours can live. */
  tokenLifeMs: number
}

type Transaction = Prisma.TransactionClient

export function createKeyStore(db: PrismaClient, times: KeyTimes): KeyStore {
  return {
    read: () => readKeys(db),

    async act(decide, fresh) {
      return db.$transaction(async (tx) => {
        await tx.$executeRaw`SELECT pg_advisory_xact_lock(${KEY_LOCK})`
        const { keys, now } = await readKeys(tx)
        const step = decide(keys, now)
        return step && (await carryOut(tx, step, fresh, times)) ? step : null
      })
    },
  }
}

/** Lifetimes may have been set longer since a key was made: it has to outlive the tokens it signs from now on. */
export async function lengthenKeyLives(db: PrismaClient, tokenLifeMs: number): Promise<void> {
  const life = Math.ceil(tokenLifeMs / seconds(1))
  await db.$executeRaw`UPDATE signing_keys SET token_life_s = ${life} WHERE state <> 'retiring' AND token_life_s < ${life}`
}

type KeyRow = Omit<StoredKey, 'publicJwk'> & { publicJwk: unknown }

async function readKeys(db: PrismaClient | Transaction): Promise<{ keys: StoredKey[]; now: Date }> {
  // One row with the clock comes in any case.
  const rows = await db.$queryRaw<(KeyRow & { now: Date })[]>`
    SELECT clock.now, k.kid, k.alg, k.state::text AS state, k.signs_at AS "signsAt", k.expires_at AS "expiresAt",
      k.public_jwk AS "publicJwk", k.sealed_private AS "sealedPrivate"
    FROM (SELECT clock_timestamp() AS now) AS clock LEFT JOIN signing_keys AS k ON true
    ORDER BY k.created_at, k.kid`
  const keys = rows.filter(({ kid }) => kid !== null).map(({ now: _, ...key }) => key as StoredKey)
  return { keys, now: rows[0]?.now ?? new Date(0) }
}

/** False: it would take a fresh key and there is none; nothing was changed. */
async function carryOut(tx: Transaction, step: KeyStep, fresh: NewKey | null, times: KeyTimes): Promise<boolean> {
  switch (step.kind) {
    case 'begin':
      if (!fresh) return false
      await tx.signingKey.deleteMany({ where: { state: 'next' } })
      await retireCurrent(tx, times)
      await add(tx, fresh, 'current', times)
      return true
    case 'publish':
      if (!fresh) return false
      await add(tx, fresh, 'next', step.soon ? { ...times, publishAheadMs: HEARD_MS } : times)
      return true
    case 'hasten': {
      const ahead = HEARD_MS / seconds(1)
      await tx.$executeRaw`UPDATE signing_keys SET signs_at = clock_timestamp() + make_interval(secs => ${ahead}) WHERE kid = ${step.kid}`
      return true
    }
    case 'promote':
      await retireCurrent(tx, times)
      await promote(tx, step.kid)
      return true
    case 'forget':
    case 'drop':
      await tx.signingKey.delete({ where: { kid: step.kid } })
      return true
    case 'replace':
      if (step.by === null && !fresh) return false
      await tx.signingKey.delete({ where: { kid: step.kid } })
      if (step.by !== null) await promote(tx, step.by)
      else if (fresh) await add(tx, fresh, 'current', times)
      return true
  }
}

async function add(tx: Transaction, key: NewKey, state: 'next' | 'current', times: KeyTimes): Promise<void> {
  const ahead = state === 'next' ? times.publishAheadMs / seconds(1) : 0
  const life = Math.ceil(times.tokenLifeMs / seconds(1))
  await tx.$executeRaw`
    INSERT INTO signing_keys (kid, alg, public_jwk, sealed_private, state, signs_at, token_life_s)
    VALUES (${key.kid}, ${key.alg}, ${JSON.stringify(key.publicJwk)}::jsonb, ${key.sealedPrivate}, ${state}::signing_key_state,
      clock_timestamp() + make_interval(secs => ${ahead}), ${life})`
}

async function retireCurrent(tx: Transaction, times: KeyTimes): Promise<void> {
  const life = Math.ceil(times.tokenLifeMs / seconds(1))
  await tx.$executeRaw`
    UPDATE signing_keys SET state = 'retiring', retired_at = clock_timestamp(),
      expires_at = clock_timestamp() + make_interval(secs => greatest(token_life_s, ${life}::int) + ${LATE_S}::int)
    WHERE state = 'current'`
}

async function promote(tx: Transaction, kid: string): Promise<void> {
  await tx.$executeRaw`UPDATE signing_keys SET state = 'current', signs_at = clock_timestamp() WHERE kid = ${kid}`
}

export interface SecretFingerprints {
  present: string
  /** Of the secret that was set as the one of before. */
  previous: string | null
}

export type SecretName = 'AUTH_SECRET' | 'PASSWORD_PEPPER'

/**
 * Keeps the fingerprint of a secret at first sight and refuses the start with another one from then on, unless the one of before is
 * set beside it. `reseal` is given the sealed values of this database at every start, not only when the fingerprint is replaced: a
 * server that had the other secret first may have sealed a key since. All at once.
 */
export async function acceptSecret(
  db: PrismaClient,
  name: SecretName,
  { present, previous }: SecretFingerprints,
  reseal: ((kid: string, sealed: string) => string) | null = null,
): Promise<'known' | 'replaced'> {
  await keepAtFirstSight(db, name, present)
  return db.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${KEY_LOCK})`
    const { fingerprint: kept } = await tx.secretFingerprint.findUniqueOrThrow({ where: { name } })
    if (kept !== present && kept !== previous) throw wrongSecret(name, previous !== null)
    if (reseal) await sealAnew(tx, reseal)
    if (kept === present) return 'known'
    await tx.secretFingerprint.update({ where: { name }, data: { fingerprint: present } })
    return 'replaced'
  })
}

/** For a command beside the servers: which of its secrets is this database's. Refuses as acceptSecret does, and replaces nothing. */
export async function knownSecret(
  db: PrismaClient,
  name: SecretName,
  { present, previous }: SecretFingerprints,
): Promise<'present' | 'previous'> {
  await keepAtFirstSight(db, name, present)
  const { fingerprint: kept } = await db.secretFingerprint.findUniqueOrThrow({ where: { name } })
  if (kept === present) return 'present'
  if (kept === previous) return 'previous'
  throw wrongSecret(name, previous !== null)
}

async function keepAtFirstSight(db: PrismaClient, name: SecretName, fingerprint: string): Promise<void> {
  await db.secretFingerprint.createMany({ data: [{ name, fingerprint }], skipDuplicates: true })
}

async function sealAnew(tx: Transaction, reseal: (kid: string, sealed: string) => string): Promise<void> {
  for (const { kid, sealedPrivate: old } of await tx.signingKey.findMany()) {
    const sealedPrivate = reseal(kid, old)
    if (sealedPrivate !== old) await tx.signingKey.update({ where: { kid }, data: { sealedPrivate } })
  }
}

function wrongSecret(name: string, hasPrevious: boolean): StartError {
  return new StartError(
    hasPrevious
      ? `Neither ${name} nor ${name}_PREVIOUS is the one this database was made with.`
      : `${name} is not the one this database was made with.`,
    `Start with the ${name} of before (without the setting it lies in secrets/ of the data directory), or set it as ${name}_PREVIOUS beside the new one (docs/guides/keys.md), or use another database.`,
  )
}
