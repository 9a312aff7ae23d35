/** A labelled line of text. */
import { type ComponentProps, useId } from 'react'

import { Field, type FieldText, inputAria, inputLook } from '#components/field'

type Props = FieldText & { name: string } & Omit<ComponentProps<'input'>, 'id' | 'className'>

export function TextField({ label, hint, errors, ...input }: Props) {
  const id = useId()
  return (
    <Field id={id} label={label} hint={hint} errors={errors}>
      <input
        id={id}
        type="text"
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        className={inputLook}
        {...inputAria(id, { hint, errors })}
        {...input}
      />
    </Field>
  )
}
