/** A button, and its look for links that stand where a button would. */
import type { ComponentProps } from 'react'

export type ButtonTone = 'primary' | 'secondary' | 'danger' | 'quiet'

const shared =
  'inline-flex min-h-11 select-none items-center justify-center gap-2 rounded-lg border px-4 text-[0.9375rem] font-medium transition-colors aria-disabled:cursor-progress'

const tones: Record<ButtonTone, string> = {
  primary: 'border-transparent bg-accent text-on-accent hover:bg-accent-strong',
  secondary: 'border-edge bg-surface text-ink hover:bg-sunken',
  danger: 'border-edge bg-surface text-danger hover:border-danger hover:bg-danger-wash',
  quiet: 'border-transparent text-ink hover:bg-sunken',
}

export function buttonLook(tone: ButtonTone = 'primary', more = '') {
  return `${shared} ${tones[tone]} ${more}`
}

export function Button({
  tone,
  className,
  type = 'button',
  ...rest
}: ComponentProps<'button'> & { tone?: ButtonTone }) {
  return <button type={type} className={buttonLook(tone, className)} {...rest} />
}
