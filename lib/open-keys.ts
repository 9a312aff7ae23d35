/**
 * Opens the keys tokens are signed with, those of the settings or those of the database, and holds the database to its secrets
 * (docs/design.md, section 7). Part of the wiring.
 */
import type { Config } from '#lib/config'
import { hashBytes, isHmac } from '#lib/core/algorithms'
import type { AuditLog } from '#lib/core/ports'
import { VerifyOnly } from '#lib/core/verify-only'
import { openHmacKeys } from '#lib/crypto/given-keys'
import { fixedRing, openLiveRing, type KeyRing, type RingKeys } from '#lib/crypto/key-ring'
import { fingerprint } from '#lib/crypto/password-hasher'
import { deriveKey } from '#lib/crypto/secrets'
import type { SignedTokenSettings } from '#lib/crypto/signed-token'
import { makeSigningKey, openSigningKey, resealed } from '#lib/crypto/signing-keys'
import { createManageKeys, type ManageKeys } from '#lib/flows/manage-keys'
import type { Database } from '#lib/store/database'
import { acceptSecret, createKeyStore, lengthenKeyLives } from '#lib/store/key-store'

export interface Secrets {
  authSecret: Buffer
  pepper: Buffer
  /** Of before, while one gives way to another; what they have signed, sealed or hashed is still good. */
  previous: { authSecret: Buffer | null; pepper: Buffer | null }
}

interface OpenKeys {
  config: Config
  secrets: Secrets & { given: RingKeys | null }
  db: Database['prisma']
  audit: AuditLog
}

/** The keys of the settings, or those of the database; and the secrets this database belongs to. */
export async function openKeys({
  config,
  secrets,
  db,
  audit,
}: OpenKeys): Promise<{ ring: KeyRing; manageKeys: ManageKeys | null }> {
  const { authSecret, pepper, previous, given } = secrets
  const sealingKey = deriveKey(authSecret, 'seal-signing-keys')
  const formerSealingKey = previous.authSecret && deriveKey(previous.authSecret, 'seal-signing-keys')
  const marks = (present: Buffer, former: Buffer | null) => ({
    present: fingerprint(present),
    previous: former && fingerprint(former),
  })
  const reseal = formerSealingKey
    ? (kid: string, sealed: string) => resealed(kid, sealed, { from: formerSealingKey, to: sealingKey })
    : null
  const accepted = {
    AUTH_SECRET: await acceptSecret(db, 'AUTH_SECRET', marks(authSecret, previous.authSecret), reseal),
    PASSWORD_PEPPER: await acceptSecret(db, 'PASSWORD_PEPPER', marks(pepper, previous.pepper)),
  }
  for (const [name, what] of Object.entries(accepted))
    if (what === 'replaced')
      await audit.append({
        event: 'key.secret',
        outcome: 'success',
        reason: 'replaced',
        context: null,
        detail: { name },
      })

  const { algorithm, rotationAgeMs, publishAheadMs } = config.keys
  if (given) return { ring: fixedRing(given), manageKeys: null }
  if (isHmac(algorithm)) {
    const derived = [authSecret, ...(previous.authSecret ? [previous.authSecret] : [])].map((secret) =>
      deriveKey(secret, 'sign-hmac', hashBytes(algorithm)),
    )
    const own = config.keys.signingKey === null ? derived : [Buffer.from(config.keys.signingKey)]
    return { ring: fixedRing(await openHmacKeys(algorithm, own as [Buffer, ...Buffer[]])), manageKeys: null }
  }

  const tokenLifeMs = Math.max(config.jwt.accessLifeMs, config.jwt.refreshLifeMs)
  const store = createKeyStore(db, { publishAheadMs, tokenLifeMs })
  const makeKey = () => makeSigningKey(sealingKey, algorithm)
  const manageKeys = createManageKeys({ store, makeKey, audit, policy: { algorithm, rotationAgeMs, publishAheadMs } })
  await manageKeys.start()
  await lengthenKeyLives(db, tokenLifeMs)
  const ring = await openLiveRing({
    read: async () => (await store.read()).keys,
    // An instance that was restarted before this one may have sealed under the other secret.
    openSigner: (key) =>
      openSigningKey(key, sealingKey).catch((error: unknown) => {
        if (!formerSealingKey) throw error
        return openSigningKey(key, formerSealingKey)
      }),
  })
  return { ring, manageKeys }
}

/** What tokens are signed and read with, as it is at each use. Whoever only reads never touches `signer`. */
export function tokenSettings({ jwt }: Config, ring: KeyRing): () => SignedTokenSettings {
  return () => ({
    issuer: jwt.issuer,
    verifiers: ring.keys().verifiers,
    get signer() {
      const { signer } = ring.keys()
      if (!signer) throw new VerifyOnly()
      return signer
    },
  })
}

/** For flows that end in a token, unless `ends` says that this call does not: refused before anything is done where none can be signed, and with keys that can be trusted. */
export function whileItIssues(ring: KeyRing) {
  return <Arguments extends unknown[], Result>(
      flow: (...given: Arguments) => Promise<Result>,
      ends: (...given: Arguments) => boolean = () => true,
    ) =>
    async (...given: Arguments): Promise<Result> => {
      if (!ends(...given)) return flow(...given)
      await ring.ready()
      if (!ring.keys().signer) throw new VerifyOnly()
      return flow(...given)
    }
}
