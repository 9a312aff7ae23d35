/** A link inside or beside running text. */
import Link from 'next/link'
import type { ComponentProps } from 'react'

export function TextLink({ className = '', ...rest }: ComponentProps<typeof Link>) {
  return (
    <Link
      className={`rounded-sm font-medium text-accent underline decoration-accent/40 underline-offset-4 hover:text-accent-strong hover:decoration-current ${className}`}
      {...rest}
    />
  )
}
