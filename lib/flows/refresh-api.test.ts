import { expect, test } from 'vitest'
import { minutes } from '#lib/core/duration'
import { testLatchkey } from '#lib/testing/test-latchkey'

test('section 3: sixty refreshes of a program in a minute, then it waits; another session does not', async () => {
  const latchkey = testLatchkey({ apiPolicy: { rotate: false, singleUse: true, tolerant: false } })
  const ada = latchkey.addUser()
  const [one, other] = [await latchkey.open(ada, 'api'), await latchkey.open(ada, 'api')]
  const refresh = ({ tokens }: typeof one) => latchkey.refreshApi(tokens.refresh.token, latchkey.context)
  for (let i = 0; i < 60; i++) expect((await refresh(one)).kind).toBe('refreshed')
  expect(await refresh(one)).toEqual({ kind: 'throttled', retryAfterMs: minutes(1) })
  expect((await refresh(other)).kind).toBe('refreshed')
  latchkey.clock.advance(minutes(1))
  expect((await refresh(one)).kind).toBe('refreshed')
})

test('TK-8: what does not verify counts against nobody’s session', async () => {
  const latchkey = testLatchkey()
  const { tokens } = await latchkey.open(latchkey.addUser(), 'api')
  const [header, payload] = tokens.refresh.token.split('.')
  for (let i = 0; i < 70; i++) await latchkey.refreshApi(`${header}.${payload}.${'A'.repeat(86)}`, latchkey.context)
  expect(latchkey.throttle.keys()).toEqual([])
  expect((await latchkey.refreshApi(tokens.refresh.token, latchkey.context)).kind).toBe('refreshed')
})
