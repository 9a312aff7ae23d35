'use client'

/** What came back: status, body, headers, and when it brought tokens the offer to go on with them. */
import { Button } from '#components/button'

import { ScrollingCode } from './code-block'
import type { Answer, Exchange } from './exchange'
import { tokensIn, useTokens } from './tokens'

export function AnswerView({ exchange }: { exchange: Exchange }) {
  if (exchange.kind === 'none')
    return (
      <p className="rounded-lg border border-danger-line bg-danger-wash px-3.5 py-3 text-sm">
        No answer came: {exchange.why}
      </p>
    )
  const { status, words, ms, body, headers } = exchange
  const good = status < 400
  return (
    <div className="flex flex-col gap-3 rounded-xl border border-line p-4">
      <p className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <span className={`font-semibold tabular-nums ${good ? 'text-accent' : 'text-danger'}`}>
          {status} {words}
        </span>
        <span className="text-sm text-soft tabular-nums">{ms} ms</span>
      </p>
      <Offer answer={exchange} />
      {body ? (
        <ScrollingCode label="Body of the answer">{body}</ScrollingCode>
      ) : (
        <p className="text-sm text-soft">No body.</p>
      )}
      <details className="group">
        <summary className="flex min-h-11 items-center rounded-lg text-sm font-medium underline decoration-line underline-offset-4 hover:decoration-current sm:min-h-8">
          {headers.length} headers
        </summary>
        <dl className="mt-2 grid gap-x-4 gap-y-1 font-mono text-[0.8125rem]/relaxed sm:grid-cols-[auto_1fr]">
          {headers.map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-soft">{name}</dt>
              <dd className="mb-1 wrap-anywhere sm:mb-0">{value}</dd>
            </div>
          ))}
        </dl>
      </details>
    </div>
  )
}

function Offer({ answer: { json } }: { answer: Answer }) {
  const { tokens, setTokens } = useTokens()
  const brought = tokensIn(json)
  if (!brought) return null
  if (brought.access === tokens.access)
    return <p className="text-sm">The access token of this answer is in use: the endpoints that ask for one get it.</p>
  const take = () => setTokens({ access: brought.access, refresh: brought.refresh ?? tokens.refresh })
  return (
    <Button tone="secondary" className="self-start" onClick={take}>
      Use this access token
    </Button>
  )
}
