/**
 * What a refused form gets back: what was typed (never a password), the sentences beside each field, and one for the whole form.
 * Server actions return it, the form components of app/ render it, with and without JavaScript.
 */
export interface FormState {
  /** Field name to what was typed. Passwords never enter it. */
  values: Record<string, string>
  /** Field name to its sentences. */
  errors: Record<string, string[]>
  /** A sentence about the whole form, shown in its alert; null when there is none. */
  summary: string | null
  /** A sentence about what went well, for forms that stay on their page; null when there is none. */
  done: string | null
}

export const emptyForm: FormState = { values: {}, errors: {}, summary: null, done: null }
