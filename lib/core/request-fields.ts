/**
 * What each endpoint is sent, one object of fields each: the flows and handlers parse by these, and the OpenAPI document is made of
 * them (lib/web/api-description). The rules of the single fields are in fields.ts; here stand their names, and what a reader of the document wants to know.
 */
import { z } from 'zod'
import { emailField, passwordField, textField, usernameField } from './fields'
import { EMAIL_MAX, USERNAME_MAX } from './identifiers'
import { PASSWORD_MAX } from './password-policy'

/** For programs that read the document, a field is a string: that a number passes as its digits is a courtesy to old clients. */
const text = { type: 'string' }

const secret = { ...text, format: 'password' }

export const registerFields = z.object({
  email: emailField.meta({
    ...text,
    format: 'email',
    maxLength: EMAIL_MAX,
    description: 'Kept as typed but for the domain, which is put in lower case.',
  }),
  username: usernameField.meta({
    ...text,
    maxLength: USERNAME_MAX,
    description: 'Letters and digits of any script, and @ . + - _',
  }),
  password: passwordField.meta({
    ...secret,
    maxLength: PASSWORD_MAX,
    description: 'Long rather than complicated; taken as it is, with the spaces around it.',
  }),
})

const identifier = textField.meta({
  ...text,
  description: 'The email or the username.',
})

const password = passwordField.meta(secret)

/** A login says who under one of these keys; each may hold the email or the username. */
export const loginFields = {
  email: z.object({ email: identifier, password }),
  username: z.object({ username: identifier, password }),
  identifier: z.object({ identifier, password }),
}

/** The single token of a body, under its key. */
export const tokenFields = {
  refresh: z.object({
    refresh: textField.meta({ ...text, description: 'A refresh token.' }),
  }),
  token: z.object({
    token: textField.meta({ ...text, description: 'A token, access or refresh.' }),
  }),
}
