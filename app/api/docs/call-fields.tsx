'use client'

/** The fields of an endpoint, each a labelled input of its own kind. */
import { useId } from 'react'

import { Button } from '#components/button'
import { Field, inputAria, inputLook } from '#components/field'
import { PasswordField } from '#components/password-field'
import { TextField } from '#components/text-field'

import { CLIENT_ID, CLIENT_SECRET, RAW_BODY } from './call'
import type { Endpoint, EndpointField } from './endpoint'

interface Held {
  refresh: string
  access: string
}

export function CallFields({ endpoint, ...held }: { endpoint: Endpoint } & Held) {
  return (
    <>
      {endpoint.security === 'client' && (
        <>
          <TextField name={CLIENT_ID} label="Client id" autoComplete="off" />
          <PasswordField name={CLIENT_SECRET} label="Client secret" autoComplete="current-password" />
        </>
      )}
      {endpoint.fields.map((field) => (
        <CallField key={field.name} field={field} {...held} />
      ))}
      {endpoint.rawBody !== null && <RawBody example={endpoint.rawBody} />}
    </>
  )
}

function CallField({ field, refresh, access }: { field: EndpointField } & Held) {
  const { name, about, required, secret, example } = field
  const label = required ? name : `${name} (may be left out)`
  // A new one: a password manager shall neither fill in its owner's nor keep what is only tried.
  if (secret) return <PasswordField name={name} label={label} hint={about} autoComplete="new-password" />
  const obtained = name === 'refresh' ? refresh : name === 'token' ? access : ''
  return (
    <div className="flex flex-col items-start gap-2 *:w-full">
      <TextField name={name} label={label} hint={about} placeholder={example} autoComplete="off" />
      {obtained && (
        <Button
          tone="secondary"
          className="w-auto! self-start"
          onClick={({ currentTarget }) => fill(currentTarget, name, obtained)}
        >
          Insert the {name === 'refresh' ? 'refresh token obtained last' : 'access token in use'}
        </Button>
      )}
    </div>
  )
}

/** As if typed, so that the form hears of it. */
function fill(button: HTMLButtonElement, name: string, value: string) {
  const input = button.form?.elements.namedItem(name)
  if (!(input instanceof HTMLInputElement)) return
  input.value = value
  input.dispatchEvent(new Event('input', { bubbles: true }))
}

function RawBody({ example }: { example: string }) {
  const id = useId()
  const hint = 'Sent as it stands.'
  return (
    <Field id={id} label="Body" hint={hint}>
      <textarea
        id={id}
        name={RAW_BODY}
        rows={example.split('\n').length + 1}
        defaultValue={example}
        spellCheck={false}
        className={`${inputLook} resize-y py-2.5 font-mono text-sm!`}
        {...inputAria(id, { hint })}
      />
    </Field>
  )
}
