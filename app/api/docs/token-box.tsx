'use client'

/** Where the access token stands that the endpoints are called with. */
import { useId } from 'react'

import { Button } from '#components/button'
import { Field, inputAria, inputLook } from '#components/field'
import { LocalTime } from '#components/local-time'
import { useHydrated } from '#components/use-hydrated'

import { useTokens } from './tokens'

export function TokenBox() {
  const id = useId()
  const hydrated = useHydrated()
  const { tokens, setTokens } = useTokens()
  const hint = hydrated
    ? 'Sent with the endpoints that ask for it. Kept in this page’s memory alone: a reload forgets it.'
    : 'Without JavaScript this page is for reading; the curl commands call the endpoints all the same.'
  return (
    <div className="flex flex-col gap-2">
      <Field id={id} label="Access token" hint={hint}>
        <textarea
          id={id}
          rows={3}
          disabled={!hydrated}
          autoComplete="off"
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          placeholder="Paste one, or obtain tokens below"
          value={tokens.access}
          onChange={({ target }) => setTokens({ ...tokens, access: target.value.trim() })}
          className={`${inputLook} resize-y py-2.5 text-sm! ${tokens.access ? 'font-mono break-all' : ''}`}
          {...inputAria(id, { hint })}
        />
      </Field>
      {tokens.access && (
        <div className="flex flex-wrap items-center justify-between gap-2">
          <p className="text-sm">
            <Reading token={tokens.access} />
          </p>
          <Button tone="secondary" onClick={() => setTokens({ access: '', refresh: '' })}>
            Forget it
          </Button>
        </div>
      )}
    </div>
  )
}

/** What the token says of itself. Nothing is verified here; the server does that. */
function Reading({ token }: { token: string }) {
  const claims = claimsOf(token)
  if (!claims) return 'This is no JWT.'
  if (claims.token_type !== 'access') return `This is a ${String(claims.token_type)} token, not an access token.`
  if (typeof claims.exp !== 'number') return 'An access token without an end.'
  return (
    <>
      Good until <LocalTime at={new Date(claims.exp * 1000)} as="clock" />
    </>
  )
}

function claimsOf(token: string): Record<string, unknown> | null {
  try {
    const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')
    const bytes = Uint8Array.from(atob(payload), (letter) => letter.charCodeAt(0))
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : null
  } catch {
    return null
  }
}
