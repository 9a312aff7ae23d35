/**
 * Opens the keys tokens are signed with, those of the settings or those of the database, and holds the database to its secrets
 * (docs/design.md, section 7). Part of the wiring.
 */
import type { Config } from '#lib/config'
import { ALGORITHMS, hashBytes, isHmac, type Algorithm, type HmacAlgorithm } from '#lib/core/algorithms'
import type { KeyStore, StoredKey } from '#lib/core/key-ring'
import type { AuditLog } from '#lib/core/ports'
import { StartError } from '#lib/core/start-error'
import { VerifyOnly } from '#lib/core/verify-only'
import { openHmacKeys } from '#lib/crypto/given-keys'
import { fixedRing, openLiveRing, type KeyRing, type RingKeys } from '#lib/crypto/key-ring'
import { fingerprint } from '#lib/crypto/password-hasher'
import { deriveKey } from '#lib/crypto/secrets'
import { makeSigningKey, openSigningKey, resealed } from '#lib/crypto/signing-keys'
import { createManageKeys, type ManageKeys } from '#lib/flows/manage-keys'
import type { Database } from '#lib/store/database'
import { acceptSecret, createKeyStore, knownSecret, lengthenKeyLives, type SecretName } from '#lib/store/key-store'

export interface Secrets {
  authSecret: Buffer
  pepper: Buffer
  /** Of before, while one gives way to another; what they have signed, sealed or hashed is still good. */
  previous: { authSecret: Buffer | null; pepper: Buffer | null }
}

interface HeldTo {
  secrets: Secrets
  db: Database['prisma']
  audit: AuditLog
  /** A command beside the servers (share) leaves their keys and secrets as they are, whatever its own settings say. */
  use: 'own' | 'share'
}

interface OpenKeys extends HeldTo {
  config: Config
  secrets: Secrets & { given: RingKeys | null }
  onFault: (fault: unknown) => void
}

interface OpenedKeys {
  ring: KeyRing
  /** Null: the keys come from the settings and nobody manages them here. */
  manageKeys: ManageKeys | null
}

/** The keys of the settings, or those of the database. Throws StartError when one that signs was sealed under a secret that is not here. */
export async function openKeys(wanted: OpenKeys): Promise<OpenedKeys> {
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

const marks = (present: Buffer, former: Buffer | null) => ({
  present: fingerprint(present),
  previous: former && fingerprint(former),
})

/**
 * The start is refused with other secrets than those of the database, unless its own are set beside them as those of before. What
 * comes back are the secrets to go on with: a server's own, while a command goes on with the database's until a server has its own.
 */
export async function holdToSecrets(held: HeldTo): Promise<Secrets> {
  if (held.use === 'share') return databaseSecrets(held)
  await replaceSecrets(held)
  return held.secrets
}

async function databaseSecrets({ secrets: { authSecret, pepper, previous }, db }: HeldTo): Promise<Secrets> {
  const known = async (name: SecretName, own: Buffer, former: Buffer | null): Promise<[Buffer, Buffer | null]> => {
    const which = await knownSecret(db, name, marks(own, former))
    return which === 'previous' && former ? [former, own] : [own, former]
  }
  const [auth, formerAuth] = await known('AUTH_SECRET', authSecret, previous.authSecret)
  const [hashing, formerHashing] = await known('PASSWORD_PEPPER', pepper, previous.pepper)
  return { authSecret: auth, pepper: hashing, previous: { authSecret: formerAuth, pepper: formerHashing } }
}

async function replaceSecrets({ secrets, db, audit }: HeldTo): Promise<void> {
  const { authSecret, pepper, previous } = secrets
  const { to, from } = sealingKeys(secrets)
  const reseal = from && ((kid: string, sealed: string) => resealed(kid, sealed, { from, to }))
  const accepted = {
    AUTH_SECRET: await acceptSecret(db, 'AUTH_SECRET', marks(authSecret, previous.authSecret), reseal),
    PASSWORD_PEPPER: await acceptSecret(db, 'PASSWORD_PEPPER', marks(pepper, previous.pepper)),
  }
  const row = { event: 'key.secret' as const, outcome: 'success' as const, reason: 'replaced', context: null }
  for (const [name, what] of Object.entries(accepted))
    if (what === 'replaced') await audit.append({ ...row, detail: { name } })
}

type Asymmetric = Exclude<Algorithm, HmacAlgorithm>

async function openDatabaseKeys(
  { config, secrets, db, audit, use, onFault }: OpenKeys,
  algorithm: Asymmetric,
): Promise<OpenedKeys> {
  const { rotationAgeMs, publishAheadMs } = config.keys
  const tokenLifeMs = Math.max(config.jwt.accessLifeMs, config.jwt.refreshLifeMs) + config.jwt.leewayMs
  const { to, from } = sealingKeys(secrets)
  const store = createKeyStore(db, { publishAheadMs, tokenLifeMs })
  const makeKey = async () => makeSigningKey(to, use === 'own' ? algorithm : await algorithmOf(store, algorithm))
  const policy = { algorithm: use === 'own' ? algorithm : null, rotationAgeMs, publishAheadMs }
  const manageKeys = createManageKeys({ store, makeKey, audit, policy })
  // An instance that was started before this one, or after it, may have sealed under the other secret.
  const open = (key: StoredKey) =>
    openSigningKey(key, to).catch((error: unknown) => {
      if (!from) throw error
      return openSigningKey(key, from)
    })
  await manageKeys.start()
  if (use === 'own') {
    await lengthenKeyLives(db, tokenLifeMs)
    await checkTheyOpen((await store.read()).keys, open)
  }
  const ring = await openLiveRing({
    read: async () => (await store.read()).keys,
    // A command signs nothing, and is what removes a key that nobody can open.
    openSigner: use === 'own' ? open : (key) => open(key).catch(() => null),
    onFault,
  })
  return { ring, manageKeys }
}

/** That of the key that signs, which a command's own settings need not agree with. */
async function algorithmOf(store: KeyStore, otherwise: Asymmetric): Promise<Asymmetric> {
  const { keys } = await store.read()
  const signing = keys.find(({ state }) => state === 'current')?.alg
  const known = ALGORITHMS.find((name) => name === signing)
  return known && !isHmac(known) ? known : otherwise
}

/** A next key that does not open would stop this server only when it is to sign, with nobody there to read why. */
async function checkTheyOpen(keys: StoredKey[], open: (key: StoredKey) => Promise<unknown>): Promise<void> {
  for (const key of keys.filter(({ state }) => state !== 'retiring'))
    await open(key).catch(() => {
      throw new StartError(
        `Signing key ${key.kid} (${key.state}) was sealed under another AUTH_SECRET than those given here.`,
        `Start once with that secret as AUTH_SECRET_PREVIOUS, so that the key is sealed anew; if it is lost, remove the key: npm run manage -- keys drop ${key.kid} (docs/guides/keys.md).`,
      )
    })
}

/** What private halves are sealed under, and what they were sealed under before. */
function sealingKeys({ authSecret, previous }: Secrets): { to: Buffer; from: Buffer | null } {
  const derive = (secret: Buffer) => deriveKey(secret, 'seal-signing-keys')
  return { to: derive(authSecret), from: previous.authSecret && derive(previous.authSecret) }
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
