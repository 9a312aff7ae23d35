/** The security headers of every reply, as data (docs/security/requirements.md, section 7). web/gate.ts sets them. */

export interface HeaderFacts {
  secure: boolean
  development: boolean
  /** 16 random bytes in base64, new for every reply. */
  nonce: string
}

export const CSP_REPORT_PATH = '/api/csp-report/'

/** HD-3 and HD-4: on everything. */
export function commonHeaders({ secure }: Pick<HeaderFacts, 'secure'>): Record<string, string> {
  return {
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), publickey-credentials-get=(self)',
    'X-Frame-Options': 'DENY',
    ...(secure ? { 'Strict-Transport-Security': 'max-age=31536000; includeSubDomains' } : {}),
  }
}

/** HD-1: pages. Development needs eval and inline styles for hot reload; a style nonce would switch the latter off again. */
export function pagePolicy({ secure, development, nonce }: HeaderFacts): string {
  return [
    `default-src 'self'`,
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ''}`,
    development ? `style-src 'self' 'unsafe-inline'` : `style-src 'self' 'nonce-${nonce}'`,
    `img-src 'self' data:`,
    `font-src 'self'`,
    `connect-src 'self'`,
    `object-src 'none'`,
    `base-uri 'none'`,
    `form-action 'self'`,
    `frame-ancestors 'none'`,
    `report-to csp`,
    `report-uri ${CSP_REPORT_PATH}`,
    ...(secure ? ['upgrade-insecure-requests'] : []),
  ].join('; ')
}

/** HD-2: JSON and errors. */
export const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"

/** HD-5: signed-in pages, API replies, and whatever sets a cookie (CK-5). */
export const NO_STORE = 'private, no-store'
