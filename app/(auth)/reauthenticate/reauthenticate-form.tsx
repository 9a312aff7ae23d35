'use client'

/** The password alone; whose it is stands in the page, and for password managers in a hidden field. */
import { ActionForm } from '#components/action-form'
import { HiddenUsername } from '#components/hidden-username'
import { PasswordField } from '#components/password-field'
import { SubmitButton } from '#components/submit-button'

import { reauthenticate } from './actions'

export function ReauthenticateForm({ email, next }: { email: string; next: string }) {
  return (
    <ActionForm action={reauthenticate}>
      {({ errors }) => (
        <>
          <input type="hidden" name="next" value={next} />
          <HiddenUsername value={email} />
          <PasswordField
            label="Password"
            name="password"
            autoComplete="current-password"
            required
            autoFocus
            errors={errors.password}
          />
          <SubmitButton pendingLabel="Checking…">Continue</SubmitButton>
        </>
      )}
    </ActionForm>
  )
}
