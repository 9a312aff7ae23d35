/** The explorer: the endpoints of the token API, to read and to try. Made of the same descriptions as /api/openapi.json. */
import type { Metadata } from 'next'

import { Card } from '#components/card'
import { PageHeading } from '#components/page-heading'
import { SiteFooter } from '#components/site-footer'
import { SiteHeader } from '#components/site-header'
import { TextLink } from '#components/text-link'
import { running } from '#lib/running'
import { openApiDocument } from '#lib/web/api-description/document'
import { operations } from '#lib/web/api-description/operations'
import { tokenHeader } from '#lib/web/api-description/token-header'

import { endpointOf } from './endpoint'
import { EndpointCard } from './endpoint-card'
import { TokenBox } from './token-box'
import { TokensHeld } from './tokens'

export const metadata: Metadata = {
  title: 'Token API',
  description: 'The endpoints of the token API, to read and try.',
}

export default async function ApiDocsPage() {
  const { config } = await running()
  const { publicUrl } = config
  const sentIn = tokenHeader(config.jwt.authHeader)
  const document = openApiDocument({ publicUrl, tokenHeader: sentIn })
  const groups = document.tags.map(({ name }) => ({
    name,
    endpoints: operations
      .filter(({ group }) => group === name)
      .map((operation) => endpointOf(operation, document.paths[operation.path]![operation.method]!)),
  }))
  return (
    <TokensHeld>
      <SiteHeader>
        <TextLink href="/api/openapi.json" prefetch={false} className="flex min-h-11 items-center text-sm">
          openapi.json
        </TextLink>
      </SiteHeader>
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto flex w-full max-w-5xl flex-1 flex-col gap-8 px-4 py-8 sm:px-6 sm:py-12"
      >
        <PageHeading title="Token API">
          Register, log in and use tokens from programs, in JSON or as a form. No cookie is read or set. Whatever is
          sent from this page happens for real, on this server.
        </PageHeading>
        <div className="grid items-start gap-8 lg:grid-cols-[1fr_19rem]">
          <aside aria-label="Access token" className="lg:sticky lg:top-6 lg:order-last">
            <Card>
              <TokenBox />
            </Card>
          </aside>
          <div className="flex min-w-0 flex-col gap-8">
            {groups.map(({ name, endpoints }) => (
              <section key={name} className="flex flex-col gap-3">
                <h2 className="text-lg font-semibold tracking-tight">{name}</h2>
                <div className="divide-y divide-line rounded-2xl border border-line bg-surface">
                  {endpoints.map((endpoint) => (
                    <EndpointCard key={endpoint.id} endpoint={endpoint} origin={publicUrl} tokenHeader={sentIn} />
                  ))}
                </div>
              </section>
            ))}
          </div>
        </div>
      </main>
      <SiteFooter />
    </TokensHeld>
  )
}
