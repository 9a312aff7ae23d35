'use client'

/**
 * A form and its server action, with and without JavaScript: shows the answer of a refused attempt, and moves the focus to the
 * first wrong field, or to the summary when no single field is wrong.
 */
import {
  type ComponentProps,
  type ReactNode,
  type SubmitEvent,
  startTransition,
  useActionState,
  useEffect,
  useRef,
} from 'react'

import { FormAlert } from '#components/form-alert'
import { Notice } from '#components/notice'
import { type FormState, emptyForm } from '#lib/core/form-state'

type Props = Omit<ComponentProps<'form'>, 'action' | 'children'> & {
  action: (state: FormState, form: FormData) => Promise<FormState>
  children: (state: FormState) => ReactNode
}

export function ActionForm({ action, children, className = 'flex flex-col gap-5', ...rest }: Props) {
  const [state, formAction] = useActionState(action, emptyForm)
  const form = useRef<HTMLFormElement>(null)

  useEffect(() => {
    const find = (selector: string) => form.current?.querySelector<HTMLElement>(selector)
    if (state.done) form.current?.reset()
    if (isRefused(state)) (find('[aria-invalid="true"]') ?? find('[role="alert"]'))?.focus()
  }, [state])

  // React empties a form when its action has answered. Sent from here it is not emptied: all that was typed stays, even meanwhile.
  function send(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault()
    const filled = new FormData(event.currentTarget, event.nativeEvent.submitter)
    startTransition(() => formAction(filled))
  }

  return (
    // noValidate: one set of rules, the server's, and one kind of words for all browsers.
    <form ref={form} action={formAction} onSubmit={send} noValidate className={className} {...rest}>
      {isRefused(state) && <FormAlert>{state.summary ?? 'Please look at the marked fields.'}</FormAlert>}
      {state.done && <Notice>{state.done}</Notice>}
      {children(state)}
    </form>
  )
}

function isRefused(state: FormState) {
  return state.summary !== null || Object.keys(state.errors).length > 0
}
