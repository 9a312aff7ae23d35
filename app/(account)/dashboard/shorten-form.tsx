'use client'

/** The button for the impatient: the silent refresh in seconds instead of minutes. */
import { ActionForm } from '#components/action-form'
import { SubmitButton } from '#components/submit-button'

import { shortenAccessToken } from './actions'

export function ShortenForm() {
  return (
    <ActionForm action={shortenAccessToken} className="flex flex-wrap items-center gap-x-4 gap-y-3">
      {() => (
        <>
          <SubmitButton tone="secondary" pendingLabel="Shortening…">
            Shorten it to 5 seconds
          </SubmitButton>
          <p className="text-sm text-soft">
            Do not wait ten minutes: cut this token’s life short and watch the next one arrive.
          </p>
        </>
      )}
    </ActionForm>
  )
}
