/**
 * Opens the keys tokens are signed with, those of the settings or those of the database, and holds the database to its secrets
 * (docs/design.md, section 7). Part of the wiring.
 */
import type { Config } from '#lib/config'
import { hashBytes, isHmac, type Algorithm, type HmacAlgorithm } from '#lib/core/algorithms'
import type { AuditLog } from '#lib/core/ports'
import { VerifyOnly } from '#lib/core/verify-only'
import { openHmacKeys } from '#lib/crypto/given-keys'
import { fixedRing, openLiveRing, type KeyRing, type RingKeys } from '#lib/crypto/key-ring'
import { fingerprint } from '#lib/crypto/password-hasher'
import { deriveKey } from '#lib/crypto/secrets'
import type { SignedTokenSettings } from '#lib/crypto/signed-token'
import { makeSigningKey, openSigningKey, resealed } from '#lib/crypto/signing-keys'
import { rememberingVerifier } from '#lib/crypto/verified-tokens'
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

interface OpenedKeys {
  ring: KeyRing
  /** Null: the keys come from the settings and nobody manages them here. */
  manageKeys: ManageKeys | null
}

/** The keys of the settings, or those of the database. Throws StartError when the database belongs to other secrets. */
export async function openKeys(wanted: OpenKeys): Promise<OpenedKeys> {
  await holdToSecrets(wanted)
  const { config, secrets } = wanted
  if (secrets.given) return { ring: fixedRing(secrets.given), manageKeys: null }
  const { algorithm, signingKey } = config.keys
  if (!isHmac(algorithm)) return openDatabaseKeys(wanted, algorithm)
  const derive = (secret: Buffer) => deriveKey(secret, 'sign-hmac', hashBytes(algorithm))
  const former = secrets.previous.authSecret ? [derive(secrets.previous.authSecret)] : []
  const keys = await (signingKey === null
    ? openHmacKeys(algorithm, [derive(secrets.authSecret), ...former])
    : openHmacKeys(algorithm, [Buffer.from(signingKey)]))
  return { ring: fixedRing(keys), manageKeys: null }
}

/** The start is refused with other secrets than those of the database, unless its own are set beside them as those of before. */
async function holdToSecrets({ secrets, db, audit }: OpenKeys): Promise<void> {
  const { authSecret, pepper, previous } = secrets
  const { to, from } = sealingKeys(secrets)
  const reseal = from && ((kid: string, sealed: string) => resealed(kid, sealed, { from, to }))
  const marks = (present: Buffer, former: Buffer | null) => ({
    present: fingerprint(present),
    previous: former && fingerprint(former),
  })
  const accepted = {
    AUTH_SECRET: await acceptSecret(db, 'AUTH_SECRET', marks(authSecret, previous.authSecret), reseal),
    PASSWORD_PEPPER: await acceptSecret(db, 'PASSWORD_PEPPER', marks(pepper, previous.pepper)),
  }
  const row = { event: 'key.secret' as const, outcome: 'success' as const, reason: 'replaced', context: null }
  for (const [name, what] of Object.entries(accepted))
    if (what === 'replaced') await audit.append({ ...row, detail: { name } })
}

async function openDatabaseKeys(
  { config, secrets, db, audit }: OpenKeys,
  algorithm: Exclude<Algorithm, HmacAlgorithm>,
): Promise<OpenedKeys> {
  const { rotationAgeMs, publishAheadMs } = config.keys
  const tokenLifeMs = Math.max(config.jwt.accessLifeMs, config.jwt.refreshLifeMs) + config.jwt.leewayMs
  const { to, from } = sealingKeys(secrets)
  const store = createKeyStore(db, { publishAheadMs, tokenLifeMs })
  const makeKey = () => makeSigningKey(to, algorithm)
  const manageKeys = createManageKeys({ store, makeKey, audit, policy: { algorithm, rotationAgeMs, publishAheadMs } })
  await manageKeys.start()
  await lengthenKeyLives(db, tokenLifeMs)
  const ring = await openLiveRing({
    read: async () => (await store.read()).keys,
    // An instance that was started before this one, or after it, may have sealed under the other secret.
    openSigner: (key) =>
      openSigningKey(key, to).catch((error: unknown) => {
        if (!from) throw error
        return openSigningKey(key, from)
      }),
  })
  return { ring, manageKeys }
}

/** What private halves are sealed under, and what they were sealed under before. */
function sealingKeys({ authSecret, previous }: Secrets): { to: Buffer; from: Buffer | null } {
  const derive = (secret: Buffer) => deriveKey(secret, 'seal-signing-keys')
  return { to: derive(authSecret), from: previous.authSecret && derive(previous.authSecret) }
}

/** What tokens are signed and read with, as it is at each use. Whoever only reads never touches `signer`. */
export function tokenSettings({ jwt }: Config, ring: KeyRing): () => SignedTokenSettings {
  const verify = rememberingVerifier()
  return () => ({
    issuer: jwt.issuer,
    shape: jwt.shape,
    verify,
    verifiers: ring.keys().verifiers,
    get signer() {
      const { signer } = ring.keys()
      if (!signer) throw new VerifyOnly()
      return signer
    },
  })
}

/**
 * For flows that end in a token, unless `ends` says that this call does not: refused before anything is done where none can be signed,
 * and otherwise with keys that can be trusted.
 */
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
