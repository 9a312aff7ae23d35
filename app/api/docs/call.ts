/** The request that a filled-in form stands for; sent by the page and written as a curl command alike. Pure. */
import type { TokenHeader } from '#lib/web/api-description/token-header'

import type { Endpoint } from './endpoint'

export interface Call {
  method: string
  path: string
  headers: Record<string, string>
  body: string | null
}

/** The fields' names in the form that are no fields of the body. */
export const CLIENT_ID = 'client:id'
export const CLIENT_SECRET = 'client:secret'
export const RAW_BODY = 'body:raw'

/** The access token, empty for none, and the header it is sent in. */
export interface SentToken extends TokenHeader {
  access: string
}

/** `typed`: by the names of the form's fields. A field that may be left out is, when nothing stands in it. */
export function callOf(endpoint: Endpoint, typed: Record<string, string>, token: SentToken): Call {
  const body = bodyOf(endpoint, typed)
  return {
    method: endpoint.method,
    path: endpoint.path,
    headers: {
      ...credentialsOf(endpoint, typed, token),
      ...(body === null ? {} : { 'Content-Type': endpoint.type }),
    },
    body,
  }
}

function credentialsOf(
  { security }: Endpoint,
  typed: Record<string, string>,
  { name, scheme, access }: SentToken,
): Record<string, string> {
  if (security === 'bearer') return access ? { [name]: `${scheme} ${access}` } : {}
  if (security === 'none') return {}
  const pair = new TextEncoder().encode(`${typed[CLIENT_ID] ?? ''}:${typed[CLIENT_SECRET] ?? ''}`)
  // A client's own, whatever header tokens come in.
  return { Authorization: `Basic ${btoa(String.fromCharCode(...pair))}` }
}

function bodyOf({ method, type, fields, rawBody }: Endpoint, typed: Record<string, string>): string | null {
  if (method === 'GET') return null
  if (rawBody !== null) return typed[RAW_BODY] ?? rawBody
  const sent = fields
    .filter(({ name, required }) => required || typed[name])
    .map(({ name }) => [name, typed[name] ?? ''])
  return type === 'application/json'
    ? JSON.stringify(Object.fromEntries(sent))
    : new URLSearchParams(sent as [string, string][]).toString()
}

/** For a POSIX shell: quoted so that nothing in it is the shell's. */
export function curlCommand({ method, path, headers, body }: Call, origin: string): string {
  const parts = [
    `curl ${method === 'GET' ? '' : `-X ${method} `}${quoted(origin + path)}`,
    ...Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    // --data-raw: a leading @ would name a file.
    ...(body === null ? [] : [`--data-raw ${quoted(body)}`]),
  ]
  return parts.join(' \\\n  ')
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
