/** One endpoint: a line that says which, and behind it how to call it and what it answers. Opens without JavaScript. */
import { ChevronDown, LockKeyhole } from 'lucide-react'

import type { TokenHeader } from '#lib/web/api-description/token-header'

import { CodeBlock } from './code-block'
import type { Endpoint } from './endpoint'
import { PlainText } from './plain-text'
import { TryIt } from './try-it'

interface CalledBy {
  endpoint: Endpoint
  origin: string
  tokenHeader: TokenHeader
}

export function EndpointCard({ endpoint, origin, tokenHeader }: CalledBy) {
  const { id, method, path, summary, description, security } = endpoint
  return (
    <details className="group/endpoint">
      <summary className="flex min-h-14 list-none items-center gap-x-4 gap-y-0.5 rounded-xl px-4 py-3 hover:bg-sunken sm:px-5">
        <span className="grid min-w-0 flex-1 grid-cols-[3.25rem_1fr] items-baseline gap-x-2 gap-y-0.5 sm:grid-cols-[3.25rem_auto_1fr]">
          <span className="text-xs font-semibold tracking-wide text-accent">{method}</span>
          <h3 className="font-mono text-sm font-medium wrap-anywhere">{path}</h3>
          <span className="col-start-2 text-sm text-soft sm:col-start-3 sm:text-right">{summary}</span>
        </span>
        <span className="flex w-10 shrink-0 items-center justify-end gap-2">
          {security !== 'none' && (
            <LockKeyhole role="img" aria-label={asksFor[security]} className="size-4 text-soft" />
          )}
          <ChevronDown
            aria-hidden="true"
            className="size-4 text-soft transition-transform group-open/endpoint:rotate-180"
          />
        </span>
      </summary>
      <div id={id} className="flex scroll-mt-24 flex-col gap-6 px-4 pt-2 pb-6 sm:px-5">
        <p className="max-w-prose text-[0.9375rem] text-soft">
          <PlainText>{description}</PlainText>
        </p>
        <TryIt endpoint={endpoint} origin={origin} tokenHeader={tokenHeader} />
        <Answers answers={endpoint.answers} />
      </div>
    </details>
  )
}

const asksFor = { bearer: 'asks for an access token', client: 'asks for a client’s id and secret' }

function Answers({ answers }: Pick<Endpoint, 'answers'>) {
  return (
    <section className="flex flex-col gap-2">
      <h4 className="text-sm font-medium">What it answers</h4>
      <ul className="divide-y divide-line border-y border-line text-sm">
        {answers.map((answer) => (
          <li key={answer.status}>
            {answer.example === null ? (
              <div className={answerRow}>
                <AnswerWords {...answer} />
              </div>
            ) : (
              <details className="group/answer">
                <summary className={`${answerRow} list-none hover:bg-sunken`}>
                  <AnswerWords {...answer} />
                  <ChevronDown
                    aria-hidden="true"
                    className="mt-0.5 size-4 shrink-0 text-soft transition-transform group-open/answer:rotate-180"
                  />
                </summary>
                <div className="pb-3">
                  <CodeBlock>{answer.example}</CodeBlock>
                </div>
              </details>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

const answerRow = 'flex min-h-11 items-start gap-x-3 py-3'

function AnswerWords({ status, description, headers }: Endpoint['answers'][number]) {
  return (
    <span className="grid min-w-0 flex-1 gap-x-4 gap-y-0.5 sm:grid-cols-[4.5rem_1fr]">
      <span className="font-semibold tabular-nums">{status === 'default' ? 'any other' : status}</span>
      <span>
        <PlainText>{description}</PlainText>
        {headers.length > 0 && (
          <span className="text-soft">
            {' '}
            With <PlainText>{headers.map((name) => `\`${name}\``).join(', ')}</PlainText>.
          </span>
        )}
      </span>
    </span>
  )
}
