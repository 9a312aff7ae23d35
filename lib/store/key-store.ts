/** The signing keys, and the fingerprints of the secrets this database belongs to (docs/design.md, section 7). */
import { StartError } from '#lib/core/start-error'
import type { PrismaClient, SigningKey } from './generated/client'

export type NewSigningKey = Pick<SigningKey, 'kid' | 'alg' | 'sealedPrivate'> & { publicJwk: object }

/** Any number that no other lock of ours uses. */
const KEY_LOCK = 72_707_370

/** All keys whose tokens are still good. The first start makes one; of several starts at once one makes it and all read it. */
export async function loadSigningKeys(db: PrismaClient, make: () => Promise<NewSigningKey>): Promise<SigningKey[]> {
  const found = await db.signingKey.findMany()
  if (found.some(({ state }) => state === 'current')) return found
  const fresh = await make()
  return db.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${KEY_LOCK})`
    const now = await tx.signingKey.findMany()
    if (now.some(({ state }) => state === 'current')) return now
    return [...now, await tx.signingKey.create({ data: { ...fresh, state: 'current' } })]
  })
}

/** Keeps the fingerprint of a secret at first sight and refuses the start with another one from then on. */
export async function checkFingerprint(db: PrismaClient, name: string, fingerprint: string): Promise<void> {
  await db.secretFingerprint.createMany({ data: [{ name, fingerprint }], skipDuplicates: true })
  const kept = await db.secretFingerprint.findUniqueOrThrow({ where: { name } })
  if (kept.fingerprint === fingerprint) return
  throw new StartError(
    `${name} is not the one this database was made with.`,
    `Start with the ${name} of before (without the setting it lies in secrets/ of the data directory), or use another database.`,
  )
}
