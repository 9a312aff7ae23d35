'use client'

/** Ends one session. */
import { ActionForm } from '#components/action-form'
import { SubmitButton } from '#components/submit-button'

import { endSession } from './actions'

export function EndSessionForm({ session }: { session: string }) {
  return (
    <ActionForm action={endSession} className="flex flex-col items-start gap-3 max-sm:w-full">
      {() => (
        <>
          <input type="hidden" name="session" value={session} />
          {/* Which session it ends stands in the heading beside it; a reader hears it as the description. */}
          <SubmitButton
            tone="danger"
            className="max-sm:w-full"
            pendingLabel="Ending…"
            aria-describedby={`session-${session}`}
          >
            End session
          </SubmitButton>
        </>
      )}
    </ActionForm>
  )
}
