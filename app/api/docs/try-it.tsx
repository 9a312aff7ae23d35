'use client'

/** The form that calls an endpoint, the same call as a curl command, and what came back. */
import { Check, Copy, LoaderCircle } from 'lucide-react'
import { type SubmitEvent, useState } from 'react'

import { Button, buttonLook } from '#components/button'
import { useHydrated } from '#components/use-hydrated'
import type { TokenHeader } from '#lib/web/api-description/token-header'

import { AnswerView } from './answer-view'
import { callOf, CLIENT_SECRET, curlCommand } from './call'
import { CallFields } from './call-fields'
import { CodeBlock } from './code-block'
import type { Endpoint } from './endpoint'
import { type Exchange, send } from './exchange'
import { useTokens } from './tokens'

interface TryItProps {
  endpoint: Endpoint
  origin: string
  tokenHeader: TokenHeader
}

export function TryIt({ endpoint, origin, tokenHeader }: TryItProps) {
  const hydrated = useHydrated()
  const { tokens } = useTokens()
  const [typed, setTyped] = useState<Record<string, string>>({})
  const [pending, setPending] = useState(false)
  const [exchange, setExchange] = useState<Exchange | null>(null)

  const callWith = (values: Record<string, string>, access: string) =>
    callOf(endpoint, values, { access, ...tokenHeader })

  async function call(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault()
    if (pending) return
    setPending(true)
    setExchange(await send(callWith(valuesOf(event.currentTarget), tokens.access)))
    setPending(false)
  }

  return (
    <div className="flex flex-col gap-5">
      {/* Without script there is no button; should one press Enter, the fields are posted, never put into an address. */}
      <form
        method="post"
        action={endpoint.path}
        onSubmit={call}
        onInput={({ currentTarget }) => setTyped(valuesOf(currentTarget))}
        className="flex flex-col gap-4"
      >
        <CallFields endpoint={endpoint} refresh={tokens.refresh} access={tokens.access} />
        {endpoint.security === 'bearer' && hydrated && !tokens.access && (
          <p className="text-sm text-soft">There is no access token in the box above, so this will be refused.</p>
        )}
        {hydrated && (
          <button type="submit" aria-disabled={pending} className={buttonLook('primary', 'self-start px-6')}>
            {pending && <LoaderCircle aria-hidden="true" className="size-4 animate-spin" />}
            {pending ? 'Sending …' : 'Send'}
          </button>
        )}
      </form>
      <Curl command={curlCommand(callWith(shown(endpoint, typed), tokens.access || 'eyJ…'), origin)} />
      {/* Always there, so that what appears in it is read out. */}
      <div role="status">{exchange && <AnswerView exchange={exchange} />}</div>
    </div>
  )
}

function valuesOf(form: HTMLFormElement): Record<string, string> {
  return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]))
}

/** What the command shows: examples where nothing is typed, and no password, which would stay in the shell's history. */
function shown({ fields, security }: Endpoint, typed: Record<string, string>): Record<string, string> {
  const filled = fields.map(({ name, secret, required, example }) => {
    const value = typed[name] ?? ''
    return [name, secret ? (value ? 'YOUR PASSWORD' : example) : value || (required ? example : '')] as const
  })
  return { ...typed, ...Object.fromEntries(filled), ...(security === 'client' ? { [CLIENT_SECRET]: 'SECRET' } : {}) }
}

function Curl({ command }: { command: string }) {
  const hydrated = useHydrated()
  const [copied, setCopied] = useState('')

  // Browsers without a clipboard, or without leave to use it: the command can still be marked by hand.
  const copy = () =>
    navigator.clipboard?.writeText(command).then(
      () => setCopied(command),
      () => {},
    )

  return (
    <div className="flex flex-col gap-1">
      <div className="flex min-h-11 items-center justify-between gap-3">
        <p className="text-sm font-medium">The same with curl</p>
        {hydrated && (
          <Button tone="quiet" className="px-3!" onClick={copy}>
            {copied === command ? (
              <Check aria-hidden="true" className="size-4" />
            ) : (
              <Copy aria-hidden="true" className="size-4" />
            )}
            {copied === command ? 'Copied' : 'Copy'}
          </Button>
        )}
      </div>
      <CodeBlock>{command}</CodeBlock>
    </div>
  )
}
