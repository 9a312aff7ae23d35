'use client'

/** Current password and new one, in one form, so that a password manager offers to replace what it holds. */
import { ActionForm } from '#components/action-form'
import { HiddenUsername } from '#components/hidden-username'
import { PasswordField } from '#components/password-field'
import { SubmitButton } from '#components/submit-button'

import { changePassword } from './actions'

export function ChangePasswordForm({ email }: { email: string }) {
  return (
    <ActionForm action={changePassword} className="flex max-w-md flex-col gap-5">
      {({ errors }) => (
        <>
          <HiddenUsername value={email} />
          <PasswordField
            label="Current password"
            name="current_password"
            autoComplete="current-password"
            required
            errors={errors.current_password}
          />
          <PasswordField
            label="New password"
            name="new_password"
            autoComplete="new-password"
            required
            hint="At least 12 characters of any kind. A few random words do well."
            errors={errors.new_password}
          />
          <SubmitButton className="self-start max-sm:w-full" pendingLabel="Changing…">
            Change password
          </SubmitButton>
        </>
      )}
    </ActionForm>
  )
}
