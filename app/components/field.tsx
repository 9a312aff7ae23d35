/** What stands around an input: its label above, advice and errors below, and the ids that tie them together. */
import { CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'

export interface FieldText {
  label: string
  /** One line of advice; an error takes its place. */
  hint?: string
  /** The sentences of a refused form. */
  errors?: string[]
}

export const inputLook =
  'block min-h-12 w-full rounded-lg border border-edge bg-surface px-3.5 text-base text-ink transition-[border-color] placeholder:text-soft hover:border-soft focus-visible:-outline-offset-1 aria-invalid:border-danger sm:min-h-11'

/** The aria attributes of the input, for a Field of the same id. */
export function inputAria(id: string, { hint, errors }: Omit<FieldText, 'label'>) {
  if (errors?.length) return { 'aria-invalid': true as const, 'aria-describedby': `${id}-error` }
  return hint ? { 'aria-describedby': `${id}-hint` } : {}
}

export function Field({ id, label, hint, errors, children }: FieldText & { id: string; children: ReactNode }) {
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      {children}
      {errors?.length ? (
        <div id={`${id}-error`} className="flex flex-col gap-1 text-sm text-danger">
          {errors.map((sentence) => (
            <p key={sentence} className="flex gap-1.5">
              <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
              {sentence}
            </p>
          ))}
        </div>
      ) : hint ? (
        <p id={`${id}-hint`} className="text-sm text-soft">
          {hint}
        </p>
      ) : null}
    </div>
  )
}
