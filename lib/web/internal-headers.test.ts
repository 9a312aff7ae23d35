import { NextRequest, NextResponse } from 'next/server'
import { beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '#lib/config'
import { openOnce } from '#lib/running'
import type { Latchkey } from '#lib/wiring'
import { dress, openEnvelope } from './gate-envelope'
import { FORGEABLE_HEADERS, PATH_HEADER, PEER_HEADER, POLICY_HEADER, REQUEST_ID_HEADER } from './internal-headers'
import { requestContext } from './request-context'

beforeAll(() => openOnce(async () => ({ config: readConfig({}) }) as Latchkey))

const asked = (headers: Record<string, string> = {}) =>
  new NextRequest('http://localhost:3000/dashboard?tab=1', { headers })
// Named here once more, so that one taken off the list is missed.
const ours = [REQUEST_ID_HEADER, PATH_HEADER, POLICY_HEADER, 'content-security-policy-report-only', 'x-nonce']
const forged = Object.fromEntries(ours.map((name) => [name, 'forged']))

describe('the headers that only we may set', () => {
  test('all of them are among those a client’s copy of is dropped, but the peer, which the listener replaces', () => {
    for (const name of ours) expect(FORGEABLE_HEADERS).toContain(name)
    expect(PEER_HEADER.startsWith('x-latchkey-')).toBe(true)
    expect(FORGEABLE_HEADERS).not.toContain(PEER_HEADER)
  })

  test('HD-1: nothing a client says of them reaches the page', async () => {
    const { forwarded } = await openEnvelope(asked(forged))
    expect([...forwarded.values()]).not.toContain('forged')
    expect(forwarded.get('x-nonce')).toBeNull()
    expect(forwarded.get('content-security-policy-report-only')).toBeNull()
  })

  test('the page sees its own path, the request’s id and the policy with the nonce of this reply', async () => {
    const { forwarded, requestId, nonce, policy } = await openEnvelope(asked(forged))
    expect(forwarded.get(PATH_HEADER)).toBe('/dashboard?tab=1')
    expect(forwarded.get(REQUEST_ID_HEADER)).toBe(requestId)
    expect(forwarded.get(POLICY_HEADER)).toBe(policy)
    expect(policy).toContain(`'nonce-${nonce}'`)
  })

  test('HD-1: the nonce is 16 random bytes, new for every reply', async () => {
    const [one, other] = [await openEnvelope(asked()), await openEnvelope(asked())]
    expect(Buffer.from(one.nonce, 'base64')).toHaveLength(16)
    expect(other.nonce).not.toBe(one.nonce)
    expect(other.requestId).not.toBe(one.requestId)
  })

  test('other headers and the peer go on untouched', async () => {
    const { forwarded } = await openEnvelope(
      asked({ [PEER_HEADER]: '203.0.113.7', cookie: 'a=1', accept: 'text/html' }),
    )
    expect([PEER_HEADER, 'cookie', 'accept'].map((name) => forwarded.get(name))).toEqual([
      '203.0.113.7',
      'a=1',
      'text/html',
    ])
  })
})

describe('the headers of a reply', () => {
  const dressed = async (kind: 'page' | 'data' | 'static', response = NextResponse.next()) => {
    const envelope = await openEnvelope(asked())
    return { envelope, headers: dress(response, envelope, kind).headers }
  }

  test.each(['page', 'data', 'static'] as const)(
    'HD-3: %s carries the common ones and its request’s id',
    async (kind) => {
      const { envelope, headers } = await dressed(kind)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('x-request-id')).toBe(envelope.requestId)
    },
  )

  test('HD-2, HD-5: pages and data are never stored; each has its own policy', async () => {
    const page = await dressed('page')
    const data = await dressed('data')
    for (const { headers } of [page, data]) expect(headers.get('cache-control')).toBe('private, no-store')
    expect(page.headers.get('content-security-policy')).toBe(page.envelope.policy)
    expect(data.headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'")
  })

  test('a JSON refusal at a page’s path has the policy of data', async () => {
    const { headers } = await dressed('page', NextResponse.json({}, { status: 403 }))
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'")
  })

  test('what is the same for everybody may be stored', async () => {
    expect((await dressed('static')).headers.get('cache-control')).toBeNull()
  })
})

describe('what the flows learn of a request', () => {
  test('its address, its network, its id and who says it is', async () => {
    const headers = new Headers({ [PEER_HEADER]: '2001:db8::1', 'user-agent': 'Firefox', [REQUEST_ID_HEADER]: 'id-1' })
    expect(await requestContext(headers)).toEqual({
      ...{ ip: '2001:db8::1', network: '2001:db8:0:0::/64', userAgent: 'Firefox', requestId: 'id-1' },
    })
  })

  test('MW-2: without middleware it has an id all the same', async () => {
    expect((await requestContext(new Headers())).requestId).toMatch(/^[0-9a-f]{16}$/)
  })

  test('LG-1, LG-5: the user agent is at most 256 characters and holds none that controls a line', async () => {
    const { userAgent } = await requestContext(
      new Headers({ 'user-agent': `a\t\u0085\u009b[31m\u00ad${'x'.repeat(300)}` }),
    )
    expect(userAgent).toHaveLength(256)
    expect(userAgent).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  })
})
