/** A genuine token in spellings that lenient decoders take for it (TK-4), and texts that only look like one. */
import type { Hostile } from './forge'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** A last character with a spare bit set, which decoders drop; null where the part's length leaves no bit to spare. */
function spare(part: string): string | null {
  if (part.length % 4 === 0) return null
  return part.slice(0, -1) + ALPHABET[ALPHABET.indexOf(part.at(-1) ?? '') + 1]
}

export function spellings(good: string): Hostile[] {
  const [head = '', body = '', signature = ''] = good.split('.')
  const spares = [head, body, signature].map(spare)
  const withSpare = (at: number) => good.split('.').map((part, i) => (i === at ? (spares[i] ?? part) : part))
  return [
    ...['header', 'payload', 'signature'].flatMap((name, i): Hostile[] =>
      spares[i] === null ? [] : [[`spare bits in the ${name}`, withSpare(i).join('.')]],
    ),
    ['two dots', '..'],
    ['one part', head],
    ['two parts', `${head}.${body}`],
    ['an empty signature', `${head}.${body}.`],
    ['a payload detached', `${head}..${signature}`],
    ['an empty header', `.${body}.${signature}`],
    ['an empty part before', `.${good}`],
    ['an empty part behind', `${good}.`],
    ['four parts', `${good}.${signature}`],
    ['five parts, as an encrypted token has', `${good}.${signature}.${signature}`],
    ['five parts, its key empty', `${head}..${body}.${signature}.${signature}`],
    ['padding', `${good}=`],
    ['two signs of padding', `${good}==`],
    ['padding of the header', `${head}=.${body}.${signature}`],
    ['padding of the payload', `${head}.${body}=.${signature}`],
    ['a space inside', `${head}. ${body}.${signature}`],
    ['a tab inside', `${head}.${body}\t.${signature}`],
    ['a newline inside', `${head}.\n${body}.${signature}`],
    ['a carriage return inside', `${head}.\r${body}.${signature}`],
    ['a NUL inside', `${head}.${body}\u0000.${signature}`],
    ['a NUL behind', `${good}\u0000`],
    ['a letter too many', `${good}A`],
    ['a letter too few', good.slice(0, -1)],
    ['base64 for base64url', `${head}.${body}.+/${signature.slice(2)}`],
    ['a letter that only looks alike', `${head}.${body}.\u0410${signature.slice(1)}`],
    ['full-width dots', good.replaceAll('.', '\uff0e')],
    ['a soft hyphen', `${head}\u00ad.${body}.${signature}`],
    ['the scheme before it', `Bearer ${good}`],
    ['quotes around it', `"${good}"`],
    ['percent-encoded dots', good.replaceAll('.', '%2E')],
    ['a percent-encoded letter', good.replace('e', '%65')],
    ['two tokens', `${good},${good}`],
    ['a ? inside', `${head}.${body}?.${signature}`],
    ['the JSON serialisation', JSON.stringify({ payload: body, protected: head, signature })],
    ['encoded once more', Buffer.from(good).toString('base64url')],
    ['upper case', good.toUpperCase()],
  ]
}
