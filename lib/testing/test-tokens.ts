/** Real tokens under keys made for the test run, read on the test's clock; and a record of which were made. */
import { generateKeyPairSync, webcrypto } from 'node:crypto'
import type { CryptoKey } from 'jose'
import { days, minutes } from '#lib/core/duration'
import type { TokenMint } from '#lib/core/ports'
import { contractShape, type TokenShape } from '#lib/core/token-shape'
import { verifyBrowserRefresh } from '#lib/crypto/refresh-token'
import { readAccessToken, readApiRefreshToken, type SignedTokenSettings } from '#lib/crypto/signed-token'
import { createTokenMint, type MintSettings } from '#lib/crypto/token-mint'
import type { FixedClock } from './fixed-clock'

export const ISSUER = 'http://localhost:3000'
const KID = 'test-key'
const es256 = { name: 'ECDSA', namedCurve: 'P-256' }
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const browserRefreshKey = Buffer.alloc(32, 7)

let opened: Promise<SignedTokenSettings> | undefined

export interface TestTokenOptions {
  shape?: TokenShape
  extraClaims?: MintSettings['extraClaims']
}

/** One key pair for all tests of a file: its making is the only slow part. */
export const testKeys = () => (opened ??= open())

async function open(): Promise<SignedTokenSettings> {
  const { subtle } = webcrypto
  const spki = pair.publicKey.export({ type: 'spki', format: 'der' })
  const pkcs8 = pair.privateKey.export({ type: 'pkcs8', format: 'der' })
  const verifying = (await subtle.importKey('spki', spki, es256, true, ['verify'])) as CryptoKey
  const signing = (await subtle.importKey('pkcs8', pkcs8, es256, true, ['sign'])) as CryptoKey
  return {
    issuer: ISSUER,
    shape: contractShape,
    signer: { kid: KID, alg: 'ES256', key: signing },
    verifiers: new Map([[KID, { kid: KID, alg: 'ES256', key: verifying }]]),
  }
}

export function testTokens(clock: FixedClock, { shape = contractShape, extraClaims }: TestTokenOptions = {}) {
  const minted: ('access' | 'refresh')[] = []
  const settings = async () => ({ ...(await testKeys()), shape })
  const real = async () => {
    const tokens = await settings()
    const lives = { accessLifeMs: minutes(10), apiRefreshLifeMs: days(1) }
    return createTokenMint({ tokens: () => tokens, browserRefreshKey, extraClaims, ...lives })
  }
  const mint: TokenMint = {
    async access(view, options) {
      minted.push('access')
      return (await real()).access(view, options)
    },
    async refresh(view, options) {
      minted.push('refresh')
      return (await real()).refresh(view, options)
    },
    prepare: async (view) => (await real()).prepare(view),
  }
  return {
    mint,
    minted,
    readAccess: async (token: string) => readAccessToken(token, clock.now(), await settings()),
    readApiRefresh: async (token: string) => readApiRefreshToken(token, clock.now(), await settings()),
    readRefresh: (token: string) => verifyBrowserRefresh(token, browserRefreshKey),
  }
}
