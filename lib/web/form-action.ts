/**
 * The wrapper of every server action (CS-2): the origin checked again, faults turned into words, and the redirect after every try.
 * What a form sends is a FormData; what a flow wants is a plain object of the fields it names.
 */
import 'server-only'
import { cookies, headers } from 'next/headers'
import { redirect, unstable_rethrow } from 'next/navigation'
import { isSameOrigin } from '#lib/core/cross-site'
import type { FieldErrors } from '#lib/core/fields'
import { inPlainWords } from '#lib/core/form-words'
import { emptyForm, type FormState } from '#lib/core/form-state'
import type { RequestContext } from '#lib/core/request-context'
import { isVerifyOnly, VERIFY_ONLY_SENTENCE } from '#lib/core/verify-only'
import { reportFault } from '#lib/report-fault'
import { running } from '#lib/running'
import { isUnavailable } from '#lib/store/database'
import { requestContext } from './request-context'
import type { CookieToSet } from './session-cookies'

export type ActionResult = { kind: 'stay'; state: FormState } | { kind: 'go'; to: string; cookies?: CookieToSet[] }

export async function formAction(
  values: Record<string, string>,
  run: (context: RequestContext) => Promise<ActionResult>,
): Promise<FormState> {
  const result = await attempt(values, run)
  if (result.kind === 'stay') return result.state
  const jar = await cookies()
  for (const cookie of result.cookies ?? []) jar.set(cookie)
  redirect(result.to)
}

async function attempt(
  values: Record<string, string>,
  run: (context: RequestContext) => Promise<ActionResult>,
): Promise<ActionResult> {
  const context = await requestContext(await headers())
  try {
    if (!(await comesFromUs()))
      return refused(values, { summary: 'This form was sent from another site and was refused.' })
    return await run(context)
  } catch (fault) {
    // requirePrincipal() leaves by throwing a redirect.
    unstable_rethrow(fault)
    if (!isVerifyOnly(fault)) reportFault(fault, context.requestId)
    return refused(values, { summary: faultSentence(fault, context) })
  }
}

/** The form again, with what was typed, the sentences beside the fields, and one for the whole. */
export function refused(
  values: Record<string, string>,
  { errors = {}, summary }: { errors?: FieldErrors; summary?: string },
): ActionResult {
  return {
    kind: 'stay',
    state: {
      ...emptyForm,
      values,
      errors: inPlainWords(errors),
      summary: summary ?? 'Please correct what is marked below.',
    },
  }
}

/** A form's text field; anything else, a file say, counts as missing. */
export function textOf(form: FormData, field: string): string | undefined {
  // What a stranger posts to an action need not be a form at all.
  const value = form instanceof FormData ? form.get(field) : undefined
  return typeof value === 'string' ? value : undefined
}

/** Words for a throttled caller, the same for accounts that exist and that do not (TH-2). */
export function throttledSentence(retryAfterMs: number): string {
  const minutes = Math.ceil(retryAfterMs / 60_000)
  return `Too many attempts. Please wait ${minutes === 1 ? 'a minute' : `${minutes} minutes`} and try again.`
}

export const busySentence = 'The server is busy just now. Please try again in a few seconds.'

async function comesFromUs(): Promise<boolean> {
  const { config } = await running()
  const sent = await headers()
  // An action is always a POST, whatever invoked it.
  return isSameOrigin(
    { method: 'POST', fetchSite: sent.get('sec-fetch-site'), origin: sent.get('origin') },
    config.origins,
  )
}

function faultSentence(fault: unknown, { requestId }: RequestContext): string {
  if (isVerifyOnly(fault)) return VERIFY_ONLY_SENTENCE
  if (isUnavailable(fault))
    return 'We cannot reach our database just now. Nothing was lost; please try again in a moment.'
  return `Something went wrong on our side. Please try again; if it stays, tell us this number: ${requestId}.`
}
