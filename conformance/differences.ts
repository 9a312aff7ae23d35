/**
 * Every way in which we may differ from the original, and where docs/token-api.md says so. A difference that no row explains fails
 * the test, and so does a row that no difference needs: what is written here is neither more nor less than what is true.
 */

/** undefined: the reply has no such fact. */
export type Value = string | RegExp | undefined
/** A function sees both at once. */
export type Pair = [theirs: Value, ours: Value] | ((theirs: string | undefined, ours: string | undefined) => boolean)

export interface Difference {
  /**
   * F…: the number in section F. A number: the section that allows both. next: the reference is SimpleJWT 5.2, and we answer as its
   * later releases do (the head of docs/token-api.md).
   */
  source: `F${number}` | '2.2' | '3' | 'next'
  says: string
  /** The cases it is about, by name. */
  cases: RegExp
  /** By the fact's name (facts.ts); `tokens` stands for all that is said of tokens. */
  facts: Record<string, Pair[]>
}

const CHALLENGE = 'Bearer realm="api"'
const INVALID = '{"detail":"Token is invalid","code":"token_not_valid"}'
const EXPIRED = '{"detail":"Token is expired","code":"token_not_valid"}'
const BLACKLISTED = '{"detail":"Token is blacklisted","code":"token_not_valid"}'
const WRONG_TYPE = '{"detail":"Token has wrong type","code":"token_not_valid"}'
const INVALID_OR_EXPIRED = '{"detail":"Token is invalid or expired","code":"token_not_valid"}'
const PAIR = '{"access":"<access token>","refresh":"<refresh token>"}'
const OBTAINED = '{"refresh":"<refresh token>","access":"<access token>"}'
const REFUSED = '{"detail":"No active account found with the given credentials"}'
const NO_CREDENTIALS = '{"detail":"Authentication credentials were not provided."}'
const BAD_HEADER =
  '{"detail":"Authorization header must contain two space-delimited values","code":"bad_authorization_header"}'
const SERVED = '{"message":"This view is protected"}'
const view = (sentence: string) =>
  `{"detail":"Given token not valid for any token type","code":"token_not_valid","messages":[{"token_class":"AccessToken","token_type":"access","message":"${sentence}"}]}`

/** They serve it, we do not: the tokens of their reply go with it. */
const refused: Record<string, Pair[]> = {
  status: [['200', '401']],
  challenge: [[undefined, CHALLENGE]],
  tokens: [[/./, undefined]],
}
/** They refuse it, we do not. */
const served: Record<string, Pair[]> = {
  status: [['401', '200']],
  challenge: [[CHALLENGE, undefined]],
  tokens: [[undefined, /./]],
}
/** The original dies of it, with a page of its web server's. */
const died = (...answers: [status: string, body: Value][]): Record<string, Pair[]> => ({
  status: answers.map(([status]) => ['500', status]),
  body: answers.map(([, body]) => ['a page', body]),
  type: [['text/html', 'application/json']],
  allow: [[undefined, /OPTIONS/]],
  challenge: [[undefined, CHALLENGE]],
  'varies by Accept': [['no', 'yes']],
})
/** What stops us before their reason does, or where they have none. */
const differently = (inBody: string, inHeader: string): Pair[] => [
  ['{}', inBody],
  [PAIR, inBody],
  [WRONG_TYPE, inBody],
  [SERVED, inHeader],
  [view('Token has wrong type'), inHeader],
]
/** An answer of the listener, when Node's HTTP parser has stopped: it knows nothing of endpoints. */
const byTheParser: Record<string, Pair[]> = {
  status: [[/^\d+$/, '400']],
  body: [[/./, '{"detail":"The request is not HTTP as it should be.","code":"bad_request"}']],
  allow: [[/./, undefined]],
  challenge: [[/./, undefined]],
  'varies by Accept': [['yes', 'no']],
}

/** The same fields, and for each one sentence of those that the original has. */
function namesOneOfEach(theirs = '', ours = ''): boolean {
  if (!theirs.startsWith('{') || !ours.startsWith('{')) return false
  const [all, some] = [theirs, ours].map((body) => JSON.parse(body) as Record<string, unknown>)
  const fields = Object.entries(some ?? {})
  return (
    Object.keys(all ?? {}).join() === fields.map(([name]) => name).join() &&
    fields.every(([name, said]) => {
      const known = all?.[name]
      return Array.isArray(known) && Array.isArray(said) && said.length === 1 && known.includes(said[0])
    })
  )
}

export const differences: Difference[] = [
  {
    source: 'next',
    says: 'invalid and expired are two sentences',
    cases: /^(?!token: .*(expired|exp is (zero|negative)))/,
    facts: {
      body: [
        [INVALID_OR_EXPIRED, INVALID],
        [view('Token is invalid or expired'), view('Token is invalid')],
      ],
    },
  },
  {
    source: 'next',
    says: 'an expired token is named as such',
    cases: /^token: .*(expired|exp is (zero|negative))/,
    facts: {
      body: [
        [INVALID_OR_EXPIRED, EXPIRED],
        [view('Token is invalid or expired'), view('Token is expired')],
      ],
    },
  },
  {
    source: 'next',
    says: 'the user’s id is a string in every token',
    cases: /./,
    facts: { 'access: claim user_id': [['integer', 'string']], 'refresh: claim user_id': [['integer', 'string']] },
  },
  {
    source: 'F1',
    says: 'the return of a used refresh token ends its session, access tokens too',
    cases: /^fate: .*(used twice|whose forerunner came again)/,
    facts: {
      ...refused,
      body: [
        ['{}', BLACKLISTED],
        ['{}', INVALID],
        [PAIR, BLACKLISTED],
        [SERVED, view('Token is invalid')],
      ],
    },
  },
  {
    source: 'F3',
    // Without BLACKLIST_AFTER_ROTATION the original's verify does not look at all.
    says: 'verify answers 401 to a token that is revoked',
    cases: /^fate: verify of a refresh token (used once|used twice|blacklisted)/,
    facts: {
      status: [[/^(400|200)$/, '401']],
      challenge: [[undefined, CHALLENGE]],
      body: [[/^(\{"non_field_errors":\["Token is blacklisted"\]\}|\{\})$/, BLACKLISTED]],
    },
  },
  {
    source: 'F4',
    says: 'refresh asks after the user; the sessions of a deactivated or deleted one are over for verify and blacklist as well',
    cases: /^token: (refresh|verify|blacklist) of (an access|a refresh) token of the (inactive|deleted) user/,
    facts: {
      ...refused,
      body: [
        [PAIR, '{"detail":"No active account found for the given token."}'],
        ['{}', BLACKLISTED],
        ['{}', INVALID],
      ],
    },
  },
  {
    source: 'F5',
    says: 'JSON nested deep is a body like any other',
    cases: /^body: .*deep nesting/,
    facts: died(
      ['400', /^\{"\w+":\[".*(required|string|address)\.?/],
      ['400', /^\{"non_field_errors":\["Invalid data/],
    ),
  },
  {
    source: 'F5',
    says: 'a well-signed token of odd shape is refused',
    cases:
      /^token: \w+ of (an access|a refresh) token (whose (exp|iat|nbf|jti|user_id) (is|has)|without (iat|user_id)|of (no claims|a list|deep nesting|a claim twice|NaN|__proto__))/,
    facts: {
      ...refused,
      ...died(['401', /^\{"detail":"(Token|Given token)/]),
      status: [
        ['500', '401'],
        ['200', '401'],
        ['400', '401'],
      ],
      body: [
        ['a page', /^\{"detail":"(Token|Given token)/],
        ...differently(INVALID, view('Token is invalid')),
        [BLACKLISTED, INVALID],
        ['{"non_field_errors":["Token is blacklisted"]}', INVALID],
        ['{"detail":"User not found","code":"user_not_found"}', view('Token is invalid')],
      ],
    },
  },
  {
    source: 'F5',
    says: 'a token without an id is refused, not died of',
    cases: /^token: (refresh|blacklist) of (an access|a refresh) token without jti/,
    facts: died(['401', '{"detail":"Token has no id","code":"token_not_valid"}']),
  },
  {
    source: 'F22',
    says: 'a token of a type that is neither has the wrong type at verify too',
    cases: /^token: verify of .* (of another type|whose type is)/,
    facts: { ...refused, body: [['{}', WRONG_TYPE]] },
  },
  {
    source: 'F6',
    says: 'a body in chunks is read',
    cases: /^body: .*, in chunks/,
    facts: {
      status: [['400', '401']],
      challenge: [[undefined, CHALLENGE]],
      body: [[/^\{"\w+":\["This field is required\."\]/, /^\{"(detail|email)":/]],
    },
  },
  {
    source: 'F7',
    says: 'addresses and names are compared folded',
    cases:
      /^(register: (address taken, (in|the domain in) capitals|username taken, in capitals|address "a@xn--9ca.com")|obtain: the (address|domain) in capitals)/,
    facts: {
      ...served,
      status: [
        ['201', '400'],
        ['500', '400'],
        ['401', '200'],
      ],
      type: [['text/html', 'application/json']],
      allow: [[undefined, 'POST, OPTIONS']],
      'varies by Accept': [['no', 'yes']],
      body: [
        [/^\{"email":"[^"]*","username":"[^"]*"\}$/, '{"email":["user with this email already exists."]}'],
        [/^\{"email":"[^"]*","username":"[^"]*"\}$/, '{"username":["A user with that username already exists."]}'],
        ['a page', '{"email":["user with this email already exists."]}'],
        [REFUSED, OBTAINED],
      ],
    },
  },
  {
    source: 'F7',
    says: 'a username is stored as typed, not in its compatible form',
    cases: /^register: username/,
    facts: { body: [(theirs, ours) => theirs === ours?.normalize('NFKC')] },
  },
  {
    source: 'F9',
    says: 'the scheme word is read in any case',
    cases: /^authorization: .*"(bearer|BEARER)/,
    facts: {
      ...served,
      body: [
        [NO_CREDENTIALS, SERVED],
        [NO_CREDENTIALS, BAD_HEADER],
      ],
    },
  },
  {
    source: 'F11',
    says: 'blacklisting a refresh token ends its access tokens',
    cases: /^fate: (verify|view) of an access token blacklisted/,
    facts: {
      ...refused,
      body: [
        ['{}', INVALID],
        [SERVED, view('Token is invalid')],
      ],
    },
  },
  {
    source: 'F12',
    says: 'registering looks at no authorization header',
    cases: /^authorization: register, "Bearer/,
    facts: {
      status: [['401', '400']],
      challenge: [[CHALLENGE, undefined]],
      body: [[/^\{"detail":/, /^\{"email":/]],
    },
  },
  {
    source: 'F13',
    says: 'passwords are not trimmed',
    cases: /^(field: obtain password|register: a password with spaces around|obtain: the password with spaces around)/,
    facts: {
      ...refused,
      status: [
        ['200', '401'],
        ['400', '401'],
      ],
      body: [
        ['{"password":["This field may not be blank."]}', REFUSED],
        [OBTAINED, REFUSED],
      ],
    },
  },
  {
    source: 'F14',
    says: 'bodies over 16 kB are 413, before their type is looked at',
    cases: /^body: .*, over 16 kB/,
    facts: {
      status: [[/^4/, '413']],
      challenge: [[CHALLENGE, undefined]],
      body: [[/./, '{"detail":"The request body is larger than 16384 bytes.","code":"too_large"}']],
      // Counted as it arrives, before any endpoint is asked.
      allow: [['POST, OPTIONS', undefined]],
      'varies by Accept': [['yes', 'no']],
    },
  },
  {
    source: 'F17',
    says: 'tokens name their key',
    cases: /./,
    facts: { 'access: header kid': [[undefined, 'string']], 'refresh: header kid': [[undefined, 'string']] },
  },
  {
    source: 'F19',
    says: 'sub and sid stand beside user_id, with the generation',
    cases: /./,
    facts: Object.fromEntries(
      ['access', 'refresh'].flatMap((kind) =>
        ['sub string', 'sid string', 'g integer'].map((claim): [string, Pair[]] => {
          const [name = '', type] = claim.split(' ')
          return [`${kind}: claim ${name}`, [[undefined, type]]]
        }),
      ),
    ),
  },
  {
    source: 'F5',
    says: 'a user_id that is no id is nobody’s',
    cases: /^token: view of an access token whose user_id/,
    facts: died(['401', '{"detail":"User not found","code":"user_not_found"}']),
  },
  {
    source: 'F20',
    says: 'a header has alg, typ and kid, and typ is JWT',
    cases: /^token: .*(header type|with crit|in its header)/,
    facts: {
      ...refused,
      body: differently(INVALID, view('Token is invalid')),
    },
  },
  {
    source: 'F17',
    says: 'the key is chosen by kid, which must be one of ours',
    cases: /^token: .*with (another kid|a kid that)/,
    facts: {
      ...refused,
      body: differently(INVALID, view('Token is invalid')),
    },
  },
  {
    source: 'F18',
    says: 'base64url has one spelling',
    cases: /^token: .*(with spare bits|with padding|with a star|with a blank|with a newline)/,
    facts: {
      ...refused,
      body: differently(INVALID, view('Token is invalid')),
    },
  },
  {
    source: 'F21',
    says: 'a path that is not there is told in JSON',
    cases: /^(path: (GET|POST)|accept: a path that is not there)/,
    facts: {
      type: [['text/html', 'application/json']],
      body: [['a page', '{"detail":"Not found.","code":"not_found"}']],
      'varies by Accept': [['no', 'yes']],
    },
  },
  {
    source: 'F22',
    says: 'a token of no type has none at verify too',
    cases: /^token: verify of .* of no type/,
    facts: { ...refused, body: [['{}', '{"detail":"Token has no type","code":"token_not_valid"}']] },
  },
  {
    source: 'F23',
    says: 'either key may hold either identifier',
    cases: /^obtain: the (username as the email|key username)/,
    facts: {
      ...served,
      status: [
        ['401', '200'],
        ['400', '200'],
      ],
      body: [
        [REFUSED, OBTAINED],
        ['{"email":["This field is required."]}', OBTAINED],
      ],
    },
  },
  {
    source: 'F25',
    says: 'of a field’s faults the first is named',
    cases: /^(field|register|generated): /,
    facts: { body: [namesOneOfEach] },
  },
  {
    source: 'F26',
    says: 'there is no page to browse: text/html gets the JSON',
    cases: /^(accept: .*, (a page|any text|a browser)|generated: .* accepting)/,
    facts: {
      type: [['text/html', 'application/json']],
      body: [['a page', /^\{"(detail|email|message)":/]],
    },
  },
  {
    source: 'F26',
    says: 'JSON comes in one layout, whatever ?format= or indent say',
    cases: /^(accept: .*JSON with indent|path: \?format=)/,
    facts: {
      status: [['404', '401']],
      type: [['text/html', 'application/json']],
      challenge: [[undefined, CHALLENGE]],
      body: [
        [/^\{\n/, /^\{"/],
        ['{"detail":"Not found."}', INVALID],
        ['a page', INVALID],
      ],
    },
  },
  {
    source: 'F27',
    says: 'a wildcard is no content type',
    cases: /^body: .*a wildcard for a type/,
    facts: {
      status: [[/^40[01]$/, '415']],
      challenge: [[CHALLENGE, undefined]],
      body: [[/./, /^\{"detail":"Unsupported media type \\"[*\/a-z]+\\" in request\."\}$/]],
    },
  },
  {
    source: 'F27',
    says: 'a multipart form must be whole, and its type may be written in capitals',
    cases: /^body: .*, multipart (with another boundary|cut short|in capitals)/,
    facts: {
      status: [
        ['401', '400'],
        ['400', '401'],
      ],
      challenge: [
        [CHALLENGE, undefined],
        [undefined, CHALLENGE],
      ],
      body: [
        [/./, /^\{"detail":"Multipart form parse error - /],
        [/^\{"detail":"Multipart form parse error - Invalid Content-Type/, /./],
      ],
    },
  },
  {
    source: 'F28',
    says: 'the words of the parsers are their own',
    cases: /^(body|generated): /,
    facts: {
      body: [
        [/^\{"detail":"JSON parse error - /, /^\{"detail":"JSON parse error - /],
        [/^\{"detail":"Multipart form parse error - /, /^\{"detail":"Multipart form parse error - /],
      ],
    },
  },
  {
    source: 'F29',
    says: 'what is not HTTP is refused by its parser: methods it does not know, control characters in a header',
    cases: /^(method: .*(FOO|get|[Pp]ost) ?|token: view of .*(with a newline|with an emoji))/,
    facts: byTheParser,
  },
  {
    source: 'F29',
    says: 'an over-long header is 431',
    cases: /^authorization: view, 20 kB/,
    facts: {
      status: [['400', '431']],
      type: [['text/html', 'application/json']],
      body: [['a page', '{"detail":"The headers of the request are larger than 16 kB.","code":"headers_too_large"}']],
      'x-content-type-options': [[undefined, 'nosniff']],
      'x-frame-options': [[undefined, 'DENY']],
      'referrer-policy': [[undefined, 'same-origin']],
    },
  },
  {
    source: 'F29',
    says: 'TRACE and methods that no endpoint has are refused before it is asked',
    cases: /^method: .*(TRACE|PROPFIND)/,
    facts: {
      status: [['401', '405']],
      type: [['application/json', undefined]],
      challenge: [[/./, undefined]],
      'varies by Accept': [['yes', 'no']],
      body: [
        [/./, undefined],
        [/^\{"detail":"Method/, /^\{"detail":"Method/],
        [NO_CREDENTIALS, /^\{"detail":"Method/],
      ],
      allow: [[/OPTIONS/, 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS']],
    },
  },
  {
    source: 'F29',
    says: 'of two Authorization headers the first counts',
    cases: /^authorization: view, two headers/,
    facts: { ...served, body: [[BAD_HEADER, SERVED]] },
  },
  {
    source: 'F30',
    says: 'paths have one spelling: one slash between words, no escapes, small letters',
    cases: /^path: .*(two slashes|capitals|escaped)/,
    facts: {
      status: [[/./, '308']],
      location: [[undefined, /./]],
      type: [[/./, undefined]],
      body: [
        [/./, /^\//],
        [/./, '{"detail":"The address is written with one slash.","code":"moved"}'],
      ],
      allow: [[/./, undefined]],
      'x-content-type-options': [['nosniff', undefined]],
      'x-frame-options': [['DENY', undefined]],
      'referrer-policy': [['same-origin', undefined]],
      challenge: [[CHALLENGE, undefined]],
      'varies by Accept': [['yes', 'no']],
    },
  },
  {
    source: 'F31',
    says: 'quoted local parts, IPv6 literals and top-level domains with digits are no addresses; localhost is one in capitals too',
    cases: /^register: address/,
    facts: {
      status: [['201', '400']],
      body: [
        [/^\{"email":"[^"]*(\\"[^"]*)*","username"/, '{"email":["Enter a valid email address."]}'],
        ['{"email":["Enter a valid email address."]}', '{"email":["user with this email already exists."]}'],
      ],
    },
  },
  {
    source: 'F32',
    says: 'a refresh makes every claim anew: what a token says beside ours goes no further',
    cases: /^token: (refresh of a refresh token|a refresh keeps)/,
    facts: {
      tokens: [
        [/./, undefined],
        ['"as-it-was@example.com"', '"ada@example.com"'],
      ],
    },
  },
  {
    source: 'next',
    says: 'an access token of a refresh says when it was made itself, not when its refresh token was',
    cases: /refresh/,
    facts: { 'access: lives': [(theirs, ours) => Number(theirs) > 600 && Number(theirs) < 700 && ours === '600'] },
  },
  {
    source: '2.2',
    says: 'a path without its slash is served alike',
    cases: /^path: \w+ (GET )?without its slash/,
    facts: {
      status: [['301', /^(400|401|405)$/]],
      type: [['text/html', 'application/json']],
      location: [[/^\/api\//, undefined]],
      'x-frame-options': [[undefined, 'DENY']],
      allow: [[undefined, /./]],
      challenge: [[undefined, CHALLENGE]],
      'varies by Accept': [['no', 'yes']],
      body: [['a page', /^\{"/]],
    },
  },
  {
    source: '2.2',
    says: 'OPTIONS describes nothing, and HEAD has no body',
    cases: /^method: \w+ (OPTIONS|HEAD)/,
    facts: {
      status: [['200', '204']],
      type: [['application/json', undefined]],
      body: [[/^\{"(name|detail|message)":/, undefined]],
    },
  },
  {
    source: '3',
    says: 'passwords have a policy of our own',
    cases: /^(register: a (short |long number for a )?password|field: register (password|all))/,
    facts: {
      status: [
        ['201', '400'],
        ['200', '401'],
      ],
      challenge: [[undefined, CHALLENGE]],
      tokens: [[/./, undefined]],
      body: [
        [/./, /"password":\["This password is /],
        [OBTAINED, REFUSED],
      ],
    },
  },
]
