'use client'

/** The registration form. `email` says where to write, `username` and `new-password` what a password manager keeps. */
import { ActionForm } from '#components/action-form'
import { PasswordField } from '#components/password-field'
import { SubmitButton } from '#components/submit-button'
import { TextField } from '#components/text-field'
import { useHydrated } from '#components/use-hydrated'

import { register } from './actions'

export function RegisterForm({ next }: { next: string }) {
  const hydrated = useHydrated()
  return (
    <ActionForm action={register}>
      {({ values, errors }) => (
        <>
          <input type="hidden" name="next" value={next} />
          <TextField
            label="Email"
            name="email"
            type="email"
            autoComplete="email"
            required
            autoFocus
            defaultValue={values.email}
            errors={errors.email}
          />
          <TextField
            label="Username"
            name="username"
            autoComplete="username"
            required
            defaultValue={values.username}
            errors={errors.username}
          />
          <PasswordField
            label="Password"
            name="password"
            autoComplete="new-password"
            required
            hint={
              // Without JavaScript the refused form is a new page, and a password is never sent back.
              !hydrated && 'email' in values && !errors.password
                ? 'Please type it once more; we never send passwords back.'
                : 'At least 12 characters of any kind. A few random words do well.'
            }
            errors={errors.password}
          />
          <SubmitButton pendingLabel="Creating account…">Create account</SubmitButton>
        </>
      )}
    </ActionForm>
  )
}
