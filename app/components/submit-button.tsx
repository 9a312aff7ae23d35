'use client'

/** The button that sends its form. While the answer is awaited it says so and sends nothing twice; without JavaScript it is a plain submit. */
import { LoaderCircle } from 'lucide-react'
import type { ComponentProps } from 'react'
import { useFormStatus } from 'react-dom'

import { type ButtonTone, buttonLook } from '#components/button'

type Props = Omit<ComponentProps<'button'>, 'type' | 'disabled'> & { tone?: ButtonTone; pendingLabel: string }

export function SubmitButton({ tone, className, children, pendingLabel, ...rest }: Props) {
  const { pending } = useFormStatus()
  return (
    // aria-disabled, not disabled: a disabled button drops the keyboard's focus.
    <button
      type="submit"
      className={buttonLook(tone, className)}
      aria-disabled={pending}
      onClick={(event) => pending && event.preventDefault()}
      {...rest}
    >
      {pending && <LoaderCircle aria-hidden="true" className="size-4 animate-spin" />}
      {pending ? pendingLabel : children}
    </button>
  )
}
