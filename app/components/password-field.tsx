'use client'

/** A password with a toggle that shows it (PW-12). Without JavaScript there is no toggle, only the plain field. */
import { Eye, EyeOff } from 'lucide-react'
import { type ComponentProps, useEffect, useId, useRef, useState } from 'react'

import { Field, type FieldText, inputAria, inputLook } from '#components/field'
import { useHydrated } from '#components/use-hydrated'

type Props = FieldText & { name: string; autoComplete: 'current-password' | 'new-password' } & Omit<
    ComponentProps<'input'>,
    'id' | 'type' | 'className' | 'defaultValue' | 'value'
  >

export function PasswordField({ label, hint, errors, ...input }: Props) {
  const id = useId()
  const hydrated = useHydrated()
  const [shown, setShown] = useState(false)
  const field = useRef<HTMLInputElement>(null)

  // A text field's content may enter the browser's list of suggestions: it is a password again before it is sent.
  useEffect(() => {
    const form = field.current?.form
    const hide = () => setShown(false)
    form?.addEventListener('submit', hide)
    return () => form?.removeEventListener('submit', hide)
  }, [])

  const Icon = shown ? EyeOff : Eye
  return (
    <Field id={id} label={label} hint={hint} errors={errors}>
      <div className="relative">
        <input
          ref={field}
          id={id}
          type={shown ? 'text' : 'password'}
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          className={`${inputLook} ${hydrated ? 'pr-12' : ''}`}
          {...inputAria(id, { hint, errors })}
          {...input}
        />
        {hydrated && (
          <button
            type="button"
            aria-label={shown ? 'Hide password' : 'Show password'}
            aria-controls={id}
            onClick={() => setShown(!shown)}
            className="absolute inset-y-0 right-0 grid w-12 place-items-center rounded-lg text-soft hover:text-ink focus-visible:-outline-offset-4"
          >
            <Icon aria-hidden="true" className="size-[1.125rem]" />
          </button>
        )}
      </div>
    </Field>
  )
}
