/** What `/.well-known/oauth-authorization-server` says (RFC 8414): only what is served, so that nobody is sent where nothing is. */

export interface MetadataFacts {
  issuer: string
  publicUrl: string
  /** A server with the public half of its keys alone issues nothing. */
  issues: boolean
  /** With HS256 and its kin there is no key to publish. */
  hasPublicKeys: boolean
}

export function serverMetadata({ issuer, publicUrl, issues, hasPublicKeys }: MetadataFacts): Record<string, unknown> {
  return {
    issuer,
    ...(issues ? { token_endpoint: `${publicUrl}/api/token/` } : {}),
    ...(hasPublicKeys ? { jwks_uri: `${publicUrl}/.well-known/jwks.json` } : {}),
    introspection_endpoint: `${publicUrl}/api/token/introspect/`,
    introspection_endpoint_auth_methods_supported: ['client_secret_basic'],
    revocation_endpoint: `${publicUrl}/api/token/revoke/`,
    revocation_endpoint_auth_methods_supported: ['client_secret_basic'],
    // The token endpoint takes a name and a password as SimpleJWT does and knows no grant of OAuth. Left out, these two would stand for
    // grants and a secret that are not there; response_types_supported may not be left out.
    response_types_supported: [],
    grant_types_supported: [],
    token_endpoint_auth_methods_supported: ['none'],
  }
}
