'use client'

/** The login form. What a password manager looks for: one form, `username`, `current-password`. */
import { ActionForm } from '#components/action-form'
import { Checkbox } from '#components/checkbox'
import { PasswordField } from '#components/password-field'
import { SubmitButton } from '#components/submit-button'
import { TextField } from '#components/text-field'

import { login } from './actions'

export function LoginForm({ next }: { next: string }) {
  return (
    <ActionForm action={login}>
      {({ values, errors }) => (
        <>
          <input type="hidden" name="next" value={next} />
          <TextField
            label="Email or username"
            name="identifier"
            autoComplete="username"
            required
            autoFocus
            defaultValue={values.identifier}
            errors={errors.identifier}
          />
          <PasswordField
            label="Password"
            name="password"
            autoComplete="current-password"
            required
            errors={errors.password}
          />
          <Checkbox
            label="Stay signed in"
            name="remember"
            // Ticked at first; after a refused attempt as it was left.
            defaultChecked={'identifier' in values ? values.remember === 'on' : true}
          />
          <SubmitButton pendingLabel="Logging in…">Log in</SubmitButton>
        </>
      )}
    </ActionForm>
  )
}
