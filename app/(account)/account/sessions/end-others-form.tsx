'use client'

/** Ends every session but this one. */
import { ActionForm } from '#components/action-form'
import { SubmitButton } from '#components/submit-button'

import { endOtherSessions } from './actions'

export function EndOthersForm() {
  return (
    <ActionForm action={endOtherSessions} className="flex flex-col gap-3">
      {() => (
        <SubmitButton tone="danger" pendingLabel="Ending…">
          End all other sessions
        </SubmitButton>
      )}
    </ActionForm>
  )
}
