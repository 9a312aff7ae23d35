/** Making tokens and reading them, with the keys, the clock and the settings of this Latchkey. Part of the wiring. */
import type { Config } from '#lib/config'
import { VerifyOnly } from '#lib/core/verify-only'
import type { KeyRing } from '#lib/crypto/key-ring'
import { verifyBrowserRefresh } from '#lib/crypto/refresh-token'
import { deriveKey } from '#lib/crypto/secrets'
import { readAccessToken, readApiRefreshToken, type SignedTokenSettings } from '#lib/crypto/signed-token'
import { createTokenMint, type MintSettings } from '#lib/crypto/token-mint'
import { rememberingVerifier } from '#lib/crypto/verified-tokens'
import type { DatabaseClock } from '#lib/store/database-clock'
import type { Secrets } from './open-keys'

export interface OpenTokens {
  config: Config
  secrets: Secrets
  ring: KeyRing
  clock: DatabaseClock
  extraClaims: MintSettings['extraClaims']
}

export function openTokens({ config, secrets, ring, clock, extraClaims }: OpenTokens) {
  const tokens = tokenSettings(config, ring)
  const refreshKey = (secret: Buffer) => deriveKey(secret, 'browser-refresh')
  const { accessLifeMs, refreshLifeMs: apiRefreshLifeMs } = config.jwt
  const keys = [secrets.authSecret, ...(secrets.previous.authSecret ? [secrets.previous.authSecret] : [])].map(
    refreshKey,
  )
  return {
    mint: createTokenMint({
      ...{ extraClaims, tokens, accessLifeMs, apiRefreshLifeMs },
      browserRefreshKey: refreshKey(secrets.authSecret),
    }),
    async readRefresh(token: string) {
      for (const key of keys) {
        const claims = await verifyBrowserRefresh(token, key)
        if (claims) return claims
      }
      return null
    },
    async readApiRefresh(token: string) {
      await ring.ready(token)
      return readApiRefreshToken(token, clock.at(), tokens())
    },
    async readAccess(token: string, at?: Date) {
      await ring.ready(token)
      return readAccessToken(token, clock.at(at), tokens())
    },
  }
}

/** What tokens are signed and read with, as it is at each use. Whoever only reads never touches `signer`. */
function tokenSettings({ jwt }: Config, ring: KeyRing): () => SignedTokenSettings {
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
