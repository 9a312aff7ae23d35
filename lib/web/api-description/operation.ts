/**
 * One endpoint as the OpenAPI document and the explorer page describe it.
 *
 * To describe another: write it beside its kin in this folder with `jsonEndpoint({…})`, name it in operations.ts, and give each of
 * its answers a request in e2e/openapi.spec.ts; the tests say what is still missing.
 */
import type { z } from 'zod'

export interface Answer {
  description: string
  /** What the body holds; none when there is no body. */
  schema?: z.ZodType
  example?: unknown
  headers?: HeaderName[]
  /** JSON unless it says otherwise. */
  type?: string
}

export type HeaderName = 'WWW-Authenticate' | 'Retry-After' | 'ETag' | 'Cache-Control'

export interface Body {
  schema: z.ZodType
  example: unknown
  /** Media types; JSON and both kinds of form unless it says otherwise. */
  types?: string[]
}

/** `bearer`: an access token. `client`: a client's id and secret by Basic. */
export type Security = 'none' | 'bearer' | 'client'

export type Group = 'Accounts' | 'Tokens' | 'For clients' | 'Protected' | 'About this server'

export interface Operation {
  /** `operationId`, and the place of the endpoint on the explorer page. */
  id: string
  method: 'get' | 'post'
  /** As it is written in the contract, with its final slash where it has one. */
  path: string
  group: Group
  summary: string
  /** A paragraph or more, in plain sentences; `code` in backticks. */
  description: string
  security: Security
  body?: Body
  /** By status; `default` is for all that are not named. */
  answers: Record<string, Answer>
}
