/**
 * Which passwords we accept, and why not (docs/security/requirements.md, section 2).
 * Length, the most common ones, straight runs and repeats, and words that an attacker would try first for this very account.
 * No composition rule (PW-4): digits only, spaces and emoji are fine.
 */
import { commonPasswords } from './common-passwords'

export const PASSWORD_MAX = 128
const CONTEXT_WORD_MIN = 4
const MIN_WITHOUT_CONTEXT = 8

export type PasswordFault =
  'too_short' | 'too_long' | 'too_common' | 'contains_context' | 'null_character' | 'surrogate'

export interface PasswordContext {
  minLength: number
  /** Product name, host name, username, email: words that belong to this account and this site. */
  words: string[]
}

/** The words of an account that its password must not be made of: the name and the address's local part (PW-8). */
export function accountWords({ email, username }: { email: string; username: string }): string[] {
  return [username, email.includes('@') ? email.slice(0, email.lastIndexOf('@')) : email]
}

/** The first reason to refuse the password, or null. Counts code points after NFC (PW-1); never trims (PW-3). */
export function checkPassword(password: string, context: PasswordContext): PasswordFault | null {
  if (password.includes('\0')) return 'null_character'
  if (!password.isWellFormed()) return 'surrogate'
  const text = password.normalize('NFC')
  const length = [...text].length
  if (length > PASSWORD_MAX) return 'too_long'
  if (length < context.minLength) return 'too_short'
  if (isCommon(text)) return 'too_common'
  return isMadeOfContext(text, context.words) ? 'contains_context' : null
}

/** What the fault is and how to do better (PW-9), in the words shown beside the field. */
export function passwordSentence(fault: PasswordFault, minLength: number): string {
  switch (fault) {
    case 'too_short':
      return `This password is too short. Use at least ${minLength} characters; a few words in a row work well.`
    case 'too_long':
      return `This password is too long. Use at most ${PASSWORD_MAX} characters.`
    case 'too_common':
      return 'This password is one of the first that attackers try. Use a few unrelated words instead.'
    case 'contains_context':
      return 'This password is mostly your name, your address or the name of this site. Add words that have nothing to do with them.'
    case 'null_character':
      return 'Null characters are not allowed.'
    case 'surrogate':
      return 'This password contains characters that are not valid text.'
  }
}

function isCommon(text: string): boolean {
  const folded = text.toLowerCase()
  return commonPasswords.has(folded) || isRepeat(folded) || isRun([...folded])
}

/** A short piece over and over, whole or cut: `aaaaaaaaaaaa`, `abcabcabcabc`, `passwordpassw`. */
function isRepeat(text: string): boolean {
  const symbols = [...text]
  for (let size = 1; size <= Math.min(8, Math.floor(symbols.length / 2)); size++) {
    if (symbols.every((symbol, i) => symbol === symbols[i % size]))
      return size < 4 || commonPasswords.has(symbols.slice(0, size).join(''))
  }
  return false
}

const ROWS = ['1234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm']

/** Each character is the next or the previous one of the last: `abcdefghijkl`, `987654321098`, `qwertyuiop`. */
function isRun(symbols: string[]): boolean {
  const steps = symbols.slice(1).map((symbol, i) => step(symbols[i] ?? '', symbol))
  return [1, -1].some((direction) => steps.every((taken) => taken.includes(direction)))
}

function step(from: string, to: string): number[] {
  const alphabet = (to.codePointAt(0) ?? 0) - (from.codePointAt(0) ?? 0)
  const rows = ROWS.filter((row) => row.includes(from) && row.includes(to)).map((row) => {
    const distance = row.indexOf(to) - row.indexOf(from)
    return Math.abs(distance) === row.length - 1 ? -Math.sign(distance) : distance
  })
  return [alphabet, ...rows]
}

/** PW-8: taken out all the words that belong to the account and the site, fewer than eight code points remain. */
function isMadeOfContext(text: string, words: string[]): boolean {
  const folded = text.toLowerCase()
  const rest = contextWords(words).reduce((left, word) => left.replaceAll(word, ''), folded)
  return rest !== folded && [...rest].length < MIN_WITHOUT_CONTEXT
}

function contextWords(words: string[]): string[] {
  return words
    .map((word) => word.normalize('NFC').toLowerCase())
    .filter((word) => [...word].length >= CONTEXT_WORD_MIN)
    .sort((a, b) => b.length - a.length)
}
