/** Requests that nobody thought of: random within a grammar, and the same at every run. */
import fc from 'fast-check'
import type { Case } from '../compare'
import type { Side } from '../side'
import { always, asForm, bearer, FORM_TYPE, JSON_TYPE, POSTED, SHOWN, typed, VIEW, type Posted } from './endpoints'

const SEED = 20_260_101

function sample<T>(arbitrary: fc.Arbitrary<T>, count: number): T[] {
  const drawn = fc.sample(arbitrary, { seed: SEED, numRuns: count })
  return [...new Map(drawn.map((one) => [json(one), one])).values()]
}

const named = (what: string, value: unknown) => `generated: ${what}: ${JSON.stringify(value).slice(0, 160)}`

/** Without -0 and exponents: what a fraction's digits are is each language's own affair. */
const number = fc.oneof(fc.integer(), fc.bigInt({ min: 10n ** 16n, max: 10n ** 30n }))
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('', ' ', 'a@b.example'),
)
const value: fc.Arbitrary<unknown> = fc.oneof(
  text,
  number,
  fc.constantFrom(null, true, false),
  fc.array(text, { maxLength: 2 }),
  fc.dictionary(text, text, { maxKeys: 2 }),
)

function json(input: unknown): string {
  return typeof input === 'bigint'
    ? String(input)
    : Array.isArray(input)
      ? `[${input.map(json).join(',')}]`
      : typeof input === 'object' && input !== null
        ? `{${Object.entries(input).map(([key, inner]) => `${JSON.stringify(key)}:${json(inner)}`)}}`
        : JSON.stringify(input)
}

/** Some of the fields an endpoint knows, with anything in them, and some that it does not. Passwords stay: the policy is ours alone. */
function oddFields({ fields }: Posted): fc.Arbitrary<Record<string, unknown>> {
  const odd = Object.keys(fields).filter((name) => name !== 'password')
  const known = Object.fromEntries(odd.map((name) => [name, value]))
  return fc
    .tuple(
      fc.record(known, { requiredKeys: [] }),
      fc.dictionary(fc.stringMatching(/^[a-z_]{1,12}$/), value, { maxKeys: 2 }),
    )
    .map(([some, more]) => ({ ...more, ...some, password: 'seven green bottles' }))
}

const range = fc
  .tuple(
    fc.constantFrom('application', 'text', 'image', '*', 'APPLICATION', '', 'x'),
    fc.constantFrom('/json', '/html', '/*', '/plain', '/JSON', '', '/', '/json+ld'),
    fc.constantFrom('', ';q=0', '; q=0.5', ';charset=utf-8', ' ', ';'),
  )
  .map((parts) => parts.join(''))
const accepts = fc.array(range, { minLength: 1, maxLength: 3 }).map((ranges) => ranges.join(', '))

const printable = fc.string({ unit: 'grapheme-ascii', maxLength: 40 })
const authorization = fc.oneof(
  printable,
  printable.map((rest) => `Bearer ${rest}`),
  fc
    .tuple(fc.constantFrom('Bearer', 'Basic', 'JWT', 'Bearer,'), fc.constantFrom(' ', '  ', '\t', ' , '), printable)
    .map((words) => words.join('')),
)

const perEndpoint = POSTED.flatMap((endpoint): Case[] => {
  const { name, path, fields } = endpoint
  const first = Object.keys(fields)[0] ?? ''
  return [
    ...sample(oddFields(endpoint), 40).map((odd) =>
      always(named(`${name} fields`, json(odd)), typed(path, JSON_TYPE, json(odd))),
    ),
    ...sample(fc.json({ noUnicodeString: false, maxDepth: 3 }), 25).map((body) =>
      always(named(`${name} JSON`, body), typed(path, JSON_TYPE, body)),
    ),
    ...sample(fc.uint8Array({ minLength: 1, maxLength: 30 }), 15).map((bytes) =>
      always(named(`${name} bytes`, [...bytes]), typed(path, JSON_TYPE, Buffer.from(bytes))),
    ),
    ...sample(fc.string({ minLength: 1 }), 15).map((raw) =>
      always(named(`${name} raw form`, raw), typed(path, FORM_TYPE, `${raw}&${first}=x`)),
    ),
    ...sample(text, 15).map((odd) => always(named(`${name} form`, odd), asForm(path, { ...fields, [first]: odd }))),
    ...sample(accepts, 15).map((accept) =>
      always(named(`${name} accepting`, accept), {
        ...typed(path, JSON_TYPE, JSON.stringify(fields)),
        headers: [
          ['Content-Type', JSON_TYPE],
          ['Accept', accept],
        ],
      }),
    ),
  ]
})

/** One character of a good token replaced by another of the alphabet. */
const slips = sample(
  fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.constantFrom('A', 'Q', 'w', '9', '-', '_', '.')),
  12,
)
const slipped: Case[] = SHOWN.flatMap(({ name, show }) =>
  slips.map(([at, letter]) => ({
    name: named(`${name} token with a slip`, [at, letter]),
    request: async (side: Side) => {
      const pair = await side.obtain()
      const token = name === 'view' ? pair.access : pair.refresh
      // Not the last: whether its spare bits change is chance, and tokens.ts has a case for them.
      const index = Math.floor(at * (token.length - 1))
      // The same letter would be no slip.
      const other = token.charAt(index) === letter ? 'B' : letter
      return show(token.slice(0, index) + other + token.slice(index + 1))
    },
  })),
)

export const generated: Case[] = [
  ...perEndpoint,
  ...sample(authorization, 60).map((header) => always(named('view authorization', header), bearer(header))),
  ...sample(accepts, 30).map((accept) =>
    always(named('view accepting', accept), { path: VIEW, headers: [['Accept', accept]] }),
  ),
  ...slipped,
]
