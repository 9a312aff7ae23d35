/**
 * A small client of the token API, to copy into a program: one file, no packages; Node 20.19, Deno, Bun and browsers have what it needs.
 *
 * It puts the access token on each request. When a request comes back 401 it trades the refresh token for new tokens, once however many
 * requests are waiting for it, and sends that request once more. A second 401 is handed to the caller as it is: nothing here loops.
 * docs/guides/calling-the-api.md shows its use and says what it leaves to you.
 */

export interface Tokens {
  access: string
  refresh: string
}

/** Where the tokens are kept. The client reads before each request and writes after each login, refresh and logout. */
export interface TokenHolder {
  read(): Tokens | null | Promise<Tokens | null>
  /** Null: there are none any more. */
  write(tokens: Tokens | null): void | Promise<void>
}

export interface ClientOptions {
  /** The origin of the server, such as https://login.example.com. */
  server: string
  /** Other origins that may be sent the access token: your own services that verify it. Nobody else ever gets it. */
  services?: string[]
  /** Memory, if nothing else is given: a restart means a new login. */
  holder?: TokenHolder
  /** For tests, and for a fetch with a proxy or an agent of its own. */
  fetch?: typeof globalThis.fetch
  /** How long one refresh may take, in milliseconds; 30 s. */
  refreshPatienceMs?: number
}

/** The person has to log in: there are no tokens, or the server has refused the refresh token for good. The holder is empty now. */
export class LoginNeeded extends Error {
  override name = 'LoginNeeded'
}

/**
 * The access token ran out under a request whose body can be read only once, so that it could not be sent again.
 * The tokens are renewed: make the body anew and send it again.
 */
export class BodyUsedUp extends Error {
  override name = 'BodyUsedUp'
}

/** Any other answer that is no success: its status, and the body with the server's sentence and code, or the sentences of the fields. */
export class ApiError extends Error {
  override name = 'ApiError'
  readonly status: number
  readonly body: unknown
  /** From Retry-After; null when the server names no time. */
  readonly retryAfterSeconds: number | null

  constructor(status: number, body: unknown, retryAfterSeconds: number | null) {
    super(sentenceOf(body) ?? `The server answered ${status}.`)
    this.status = status
    this.body = body
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** Either key may hold either, the email or the username. */
export type Credentials = { email: string; password: string } | { username: string; password: string }

export interface Registered {
  email: string
  username: string
}

/** `GET /api/me/`. Times are ISO 8601. */
export interface OwnRecord {
  id: string
  email: string
  username: string
  groups: string[]
  permissions: string[]
  session: { id: string; kind: 'api'; created_at: string; expires_at: string; auth_time: string }
}

export interface LatchkeyClient {
  /** Makes an account and logs nobody in. */
  register(
    account: { email: string; username: string; password: string },
    options?: { signal?: AbortSignal },
  ): Promise<Registered>
  login(credentials: Credentials, options?: { signal?: AbortSignal }): Promise<void>
  /** Ends the session on the server. The tokens are gone from the holder whatever the server says. */
  logout(): Promise<void>
  me(options?: { signal?: AbortSignal }): Promise<OwnRecord>
  /**
   * fetch with the access token, for a path of the server or an address of one of the services. Answers are handed on whatever
   * their status; only LoginNeeded, BodyUsedUp, a refresh that failed (ApiError) and fetch's own errors are thrown.
   * A body that is a stream is sent once and never again.
   */
  fetch(address: string | URL, init?: RequestInit): Promise<Response>
}

export function createLatchkeyClient(options: ClientOptions): LatchkeyClient {
  const server = new URL(options.server).origin
  const trusted = [server, ...(options.services ?? []).map((service) => new URL(service).origin)]
  const holder = options.holder ?? memoryHolder()
  const send = options.fetch ?? globalThis.fetch.bind(globalThis)
  const refreshPatienceMs = options.refreshPatienceMs ?? 30_000
  /** The refresh that is under way: a used refresh token that comes back ends the session, so there is never a second one. */
  let refreshing: Promise<Tokens> | null = null

  async function authorized(address: string | URL, init: RequestInit = {}): Promise<Response> {
    const url = new URL(address, server)
    if (!trusted.includes(url.origin)) throw new TypeError(`The access token is not for ${url.origin}.`)
    const tokens = await abortable(init.signal, current())
    const first = await send(url, withToken(init, tokens.access))
    if (first.status !== 401) return first
    // Its body is of no use, and would hold the connection.
    await first.body?.cancel()
    const renewed = await abortable(init.signal, renew(tokens))
    if (readOnce(init.body)) throw new BodyUsedUp('The access token ran out, and the body cannot be sent again.')
    return send(url, withToken(init, renewed.access))
  }

  async function current(): Promise<Tokens> {
    // While tokens are being renewed the old ones are as good as refused.
    const tokens = refreshing ? await refreshing : await holder.read()
    if (!tokens) throw new LoginNeeded('There are no tokens; log in first.')
    return tokens
  }

  /** New tokens in place of the refused ones. Another request may have seen to it already. */
  async function renew(refused: Tokens): Promise<Tokens> {
    if (refreshing) return refreshing
    const held = await holder.read()
    if (refreshing) return refreshing
    if (!held) throw new LoginNeeded('There are no tokens; log in first.')
    if (held.access !== refused.access) return held
    refreshing = refresh(held).finally(() => (refreshing = null))
    return refreshing
  }

  /** Not under any caller's signal: who gives up must not take the new tokens from the others. */
  async function refresh(used: Tokens): Promise<Tokens> {
    const signal = AbortSignal.timeout(refreshPatienceMs)
    const reply = await send(`${server}/api/token/refresh/`, post({ refresh: used.refresh }, signal))
    const body = await bodyOf(reply)
    if (reply.status === 401) {
      await writeOver(used, null)
      throw new LoginNeeded(sentenceOf(body) ?? 'The refresh token was refused.')
    }
    if (!reply.ok) throw apiError(reply, body)
    const renewed = tokensOf(reply, body, used)
    await writeOver(used, renewed)
    return renewed
  }

  /** Only while the holder still has what was sent: a login or logout meanwhile has the last word. */
  async function writeOver(used: Tokens, tokens: Tokens | null): Promise<void> {
    if ((await holder.read())?.refresh === used.refresh) await holder.write(tokens)
  }

  return {
    fetch: authorized,
    async register(account, { signal } = {}) {
      return success<Registered>(await send(`${server}/api/register/`, post(account, signal)))
    },
    async login(credentials, { signal } = {}) {
      const reply = await send(`${server}/api/token/`, post(credentials, signal))
      await holder.write(tokensOf(reply, await success(reply)))
    },
    async logout() {
      // A refresh on its way would leave tokens behind that nobody knows of.
      await refreshing?.catch(() => {})
      const tokens = await holder.read()
      await holder.write(null)
      if (!tokens) return
      const reply = await send(`${server}/api/token/blacklist/`, post({ refresh: tokens.refresh }))
      // 401: the session was over already.
      if (reply.status !== 401) await success(reply)
    },
    async me({ signal } = {}) {
      return success<OwnRecord>(await authorized('/api/me/', { signal }))
    },
  }
}

export function memoryHolder(tokens: Tokens | null = null): TokenHolder {
  return { read: () => tokens, write: (next) => void (tokens = next) }
}

function withToken(init: RequestInit, access: string): RequestInit {
  const headers = new Headers(init.headers)
  headers.set('Authorization', `Bearer ${access}`)
  // Node wants to be told that the answer may come only after the whole body.
  return { ...init, headers, ...(readOnce(init.body) ? { duplex: 'half' } : {}) }
}

function post(fields: object, signal?: AbortSignal): RequestInit {
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json' }
  return { method: 'POST', headers, body: JSON.stringify(fields), signal }
}

/** Streams and the like. Everything else that fetch takes can be read as often as one wants. */
function readOnce(body: unknown): boolean {
  const again = [ArrayBuffer, Blob, FormData, URLSearchParams].some((kind) => body instanceof kind)
  return typeof body === 'object' && body !== null && !again && !ArrayBuffer.isView(body)
}

async function success<T>(reply: Response): Promise<T> {
  const body = await bodyOf(reply)
  if (!reply.ok) throw apiError(reply, body)
  return body as T
}

/** Without rotation a refresh answers with an access token alone, and the refresh token stays. */
function tokensOf(reply: Response, body: unknown, used?: Tokens): Tokens {
  const { access, refresh = used?.refresh } = (typeof body === 'object' && body !== null ? body : {}) as Partial<Tokens>
  // A 200 that is not the server's: a proxy's or a hotel's page.
  if (typeof access !== 'string' || typeof refresh !== 'string') throw apiError(reply, body)
  return { access, refresh }
}

function apiError({ status, headers }: Response, body: unknown): ApiError {
  const seconds = Number(headers.get('retry-after') ?? NaN)
  return new ApiError(status, body, Number.isFinite(seconds) ? seconds : null)
}

/** JSON where it is some; a proxy's page of words is left as text. */
async function bodyOf(reply: Response): Promise<unknown> {
  const text = await reply.text()
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function sentenceOf(body: unknown): string | null {
  const { detail } = (typeof body === 'object' && body !== null ? body : {}) as { detail?: unknown }
  return typeof detail === 'string' ? detail : null
}

/** Waits, but no longer than the caller does; what was waited for goes on for the others. */
function abortable<T>(signal: AbortSignal | null | undefined, promise: Promise<T>): Promise<T> {
  if (!signal) return promise
  return new Promise<T>((resolve, reject) => {
    const giveUp = () => reject(signal.reason)
    if (signal.aborted) giveUp()
    signal.addEventListener('abort', giveUp, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp))
  })
}
