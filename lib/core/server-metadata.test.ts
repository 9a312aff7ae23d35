import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { serverMetadata } from './server-metadata'

const facts = { issuer: 'https://issuer.example', publicUrl: 'https://id.example', issues: true, hasPublicKeys: true }

/** The members of RFC 8414 that name a path of ours, and the handler that has to be there for each. */
const ENDPOINTS: Record<string, string> = {
  token_endpoint: '/api/token',
  introspection_endpoint: '/api/token/introspect',
  revocation_endpoint: '/api/token/revoke',
  jwks_uri: '/.well-known/jwks.json',
}

describe('the metadata of RFC 8414', () => {
  test.each(Object.entries(ENDPOINTS))('%s is named if and only if it is served', (member, path) => {
    const named = serverMetadata(facts)[member]
    expect(named !== undefined).toBe(existsSync(`app${path}/route.ts`))
    if (named !== undefined) expect(String(named).replace(/\/$/, '')).toBe(`https://id.example${path}`)
  })

  test('the issuer is the iss of the tokens, exactly', () => {
    expect(serverMetadata(facts).issuer).toBe('https://issuer.example')
  })

  test('without public keys no key set is named, and without a signing key no token endpoint', () => {
    expect(serverMetadata({ ...facts, hasPublicKeys: false })).not.toHaveProperty('jwks_uri')
    expect(serverMetadata({ ...facts, issues: false })).not.toHaveProperty('token_endpoint')
  })

  test('no grant is claimed: left out, the defaults of the RFC would claim two', () => {
    expect(serverMetadata(facts)).toMatchObject({ response_types_supported: [], grant_types_supported: [] })
  })
})
