/** A native checkbox and its label, one target of 44 pixels. */
import type { ComponentProps } from 'react'

type Props = { label: string; name: string } & Omit<ComponentProps<'input'>, 'type' | 'className'>

export function Checkbox({ label, ...input }: Props) {
  return (
    <label className="-my-2.5 flex min-h-11 w-fit items-center gap-2.5 pr-2 text-[0.9375rem]">
      <input type="checkbox" className="size-[1.125rem] accent-accent" {...input} />
      {label}
    </label>
  )
}
