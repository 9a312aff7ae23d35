/**
 * Whether the body of a server action can be decoded (docs/design.md, section 6). React decodes it before any code of ours runs, and Next answers
 * what React cannot read with 500: a stranger's nonsense must not look like a fault of ours.
 *
 * Pure; the gate asks. Accepted is what a browser makes of forms and plain data: JSON, dates, sets, maps, big numbers, and references to other
 * parts that are there. Streams, byte arrays and functions as arguments are refused: no form of ours sends any.
 */

/** In the order of the body; null stands for a file. */
export type ActionParts = readonly (readonly [name: string, text: string | null])[]

/** React's own decoder calls itself for each level and each reference. */
const MAX_DEPTH = 64
const MAX_REFERENCES = 30
/** Next calls no action with more. */
const MAX_ARGUMENTS = 1000

interface Model {
  parts: Map<string, { order: number; value: unknown }>
  /** How the parts of this model begin. */
  prefix: string
  references: number
  taken: Set<unknown>
  /** Only where scripts have called the action: what could not be sent, as a placeholder. */
  placeholders: boolean
}

/** A call by script: part 0 holds the list of arguments. */
export function isReadableCall(parts: ActionParts): boolean {
  const model = openModel(parts, '', true)
  return model !== null && isArgumentList(model.parts.get('0')?.value) && isReadable(model)
}

/** A form sent without script. One that names no action is no action, and for whoever answers at that address. */
export function isReadableForm(parts: ActionParts): boolean {
  const named = parts.map(([name]) => /^\$ACTION_REF_(.*)$/s.exec(name)?.[1]).filter((name) => name !== undefined)
  return named.every((name) => isReadableDescriptor(parts, `$ACTION_${name}:`))
}

/** `{"id":…,"bound":"$@1"}`: which action, and the part with what comes before the form's own fields. */
function isReadableDescriptor(parts: ActionParts, prefix: string): boolean {
  const model = openModel(parts, prefix, false)
  const root = model?.parts.get('0')?.value
  if (!model || !isRecord(root) || typeof root.id !== 'string') return false
  // Next has looked at the first id in the text; of two, React takes the last.
  const text = parts.find(([name]) => name === `${prefix}0`)?.[1] ?? ''
  if (!text.startsWith(`{"id":${JSON.stringify(root.id)}`)) return false
  const bound = /^\$@([0-9a-f]{1,4})$/.exec(String(root.bound))?.[1]
  if (root.bound !== null && !(bound && isArgumentList(model.parts.get(partName(bound))?.value))) return false
  return isReadable(model)
}

/** Null when a part is no JSON, or comes twice. */
function openModel(parts: ActionParts, prefix: string, placeholders: boolean): Model | null {
  const found: Model['parts'] = new Map()
  for (const [order, [name, text]] of parts.entries()) {
    const id = name.slice(prefix.length)
    if (!name.startsWith(prefix) || !/^\d{1,5}$/.test(id)) continue
    const parsed = text === null ? null : parseJson(text)
    if (parsed === null || found.has(id)) return null
    found.set(id, { order, value: parsed.value })
  }
  return { parts: found, prefix, references: 0, taken: new Set(), placeholders }
}

function isReadable(model: Model): boolean {
  return [...model.parts].every(([id, { value }]) => isReadableValue(model, id, value, { depth: 0, addressable: true }))
}

interface Place {
  depth: number
  /** Whether React has a path for what stands here: a placeholder needs one. */
  addressable: boolean
}

function isReadableValue(model: Model, id: string, value: unknown, { depth, addressable }: Place): boolean {
  if (typeof value === 'string') return !value.startsWith('$') || isReadableMark(model, id, value, addressable)
  if (typeof value !== 'object' || value === null) return true
  return (
    depth < MAX_DEPTH &&
    Object.entries(value).every(([key, child]) =>
      isReadableValue(model, id, child, { depth: depth + 1, addressable: addressable && !key.includes(':') }),
    )
  )
}

/** A string that begins with `$` stands for something that JSON has no word for. */
function isReadableMark(model: Model, id: string, mark: string, addressable: boolean): boolean {
  const rest = mark.slice(2)
  switch (mark[1]) {
    case '$':
    case 'D':
    case 'K':
      return true
    case 'u':
    case 'N':
    case 'I':
    case '-':
      return ['$undefined', '$NaN', '$Infinity', '$-Infinity', '$-0'].includes(mark)
    case 'n':
      return /^-?\d{1,299}$/.test(rest)
    case 'T':
      return model.placeholders && addressable
    case '@':
      return /^[0-9a-f]{1,4}$/.test(rest) && model.parts.has(partName(rest)) && ++model.references <= MAX_REFERENCES
    case 'Q':
      return isFreeList(model, id, rest, Array.isArray)
    case 'W':
      return isFreeList(model, id, rest, () => true)
    default:
      return targetOf(model, id, mark.slice(1)) !== null
  }
}

/** A map or set is made of a list that stands in an earlier part, and of each list only one. */
function isFreeList(model: Model, id: string, reference: string, fits: (entry: unknown) => boolean): boolean {
  const target = targetOf(model, id, reference)
  if (target === null || target.id === id || !Array.isArray(target.value) || model.taken.has(target.value)) return false
  model.taken.add(target.value)
  return target.value.every(fits)
}

/** The object or list that `1` or `0:1:values` leads to: in this part or an earlier one, since those that follow may not have come in yet. */
function targetOf(model: Model, from: string, reference: string): { id: string; value: object } | null {
  const [number = '', ...path] = reference.split(':')
  if (!/^[0-9a-f]{1,4}$/.test(number) || ++model.references > MAX_REFERENCES) return null
  const id = partName(number)
  const part = model.parts.get(id)
  const here = model.parts.get(from)
  if (!part || !here || part.order > here.order) return null
  let value = part.value
  for (const key of path) {
    if (!isObject(value) || !Object.hasOwn(value, key) || key === '__proto__') return null
    value = (value as Record<string, unknown>)[key]
  }
  return isObject(value) ? { id, value } : null
}

/** Parts are numbered in decimal, and referred to in hexadecimal. */
const partName = (hex: string) => String(parseInt(hex, 16))

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
const isRecord = (value: unknown): value is Record<string, unknown> => isObject(value) && !Array.isArray(value)
const isArgumentList = (value: unknown) => Array.isArray(value) && value.length <= MAX_ARGUMENTS

function parseJson(text: string): { value: unknown } | null {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return null
  }
}
