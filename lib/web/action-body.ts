/** The gate's look at what is posted to a page: whether Next can decode it as a server action, if it is one. What is decided: core/action-body.ts. */
import { isReadableCall, isReadableForm, type ActionParts } from '#lib/core/action-body'

/** False only for bodies that Next would answer with 500. The body is a copy: whoever answers reads it again. */
export async function isReadableAction(request: Request): Promise<boolean> {
  const type = request.headers.get('content-type') ?? ''
  const isCall = request.headers.has('next-action')
  // In these very letters: Next takes every other spelling for no form.
  if (type.startsWith('multipart/form-data')) {
    const bytes = await request.arrayBuffer()
    if (isCall && !hasPlainHeads(bytes)) return false
    const parts = await formParts(bytes, type)
    return parts !== null && (isCall ? isReadableCall(parts) : isReadableForm(parts))
  }
  // Next knows no action in a form of this type, and says so itself.
  if (!isCall || type === 'application/x-www-form-urlencoded') return true
  return isReadableCall([['0', utf8.decode(await request.arrayBuffer())]])
}

/** Next leaves the mark at a text's beginning, of which JSON knows nothing. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

async function formParts(bytes: ArrayBuffer, type: string): Promise<ActionParts | null> {
  try {
    const form = await new Response(bytes, { headers: { 'Content-Type': type } }).formData()
    return [...form].map(([name, value]) => [name, typeof value === 'string' ? value : null])
  } catch {
    return null
  }
}

const HEAD_LINE = /^(content-disposition:|content-type:(?!.*charset=))/i
const MAX_HEAD = 8192

/**
 * Of a call by script Next reads the parts with another parser than of a form. Both agree on what browsers send: the name and type of each part,
 * neither another charset nor another encoding.
 */
function hasPlainHeads(bytes: ArrayBuffer): boolean {
  const text = new TextDecoder('latin1').decode(bytes)
  const boundary = text.slice(0, Math.max(text.indexOf('\r\n'), 0))
  if (!boundary.startsWith('--')) return false
  const [, ...parts] = text.split(boundary)
  const heads = parts.slice(0, -1).map((part) => part.split('\r\n\r\n', 1)[0] ?? '')
  return heads.every(
    (head) =>
      head.length < MAX_HEAD &&
      head
        .trim()
        .split('\r\n')
        .every((line) => HEAD_LINE.test(line)),
  )
}
