import { expect, test } from 'vitest'
import { minutes } from '#lib/core/duration'
import { testLatchkey, type TestOptions } from '#lib/testing/test-latchkey'

async function world(options?: TestOptions) {
  const latchkey = testLatchkey(options)
  const ada = latchkey.addUser()
  const { session, tokens } = await latchkey.open(ada)
  const view = async () => {
    const found = await latchkey.sessions.find(session.id)
    if (!found) throw new Error('no such session')
    return found
  }
  return { ...latchkey, ada, token: tokens.refresh.token, sid: session.id, view }
}

test('the refresh cookie of the current generation confirms it, at the database’s now', async () => {
  const { confirm, view, token, clock } = await world()
  clock.advance(1000)
  await confirm(await view(), token)
  expect((await view()).session.confirmedAt).toEqual(clock.now())
})

test('a confirmed generation keeps the time of its first confirmation', async () => {
  const { confirm, view, token, clock } = await world()
  await confirm(await view(), token)
  const first = clock.now()
  clock.advance(1000)
  await confirm(await view(), token)
  expect((await view()).session.confirmedAt).toEqual(first)
})

test('a refresh cookie of another session confirms neither of the two', async () => {
  const { confirm, view, open, ada, rows } = await world()
  const other = await open(ada)
  await confirm(await view(), other.tokens.refresh.token)
  expect([...rows.sessions.values()].map(({ confirmedAt }) => confirmedAt)).toEqual([null, null])
})

test('the parent’s cookie does not confirm the child', async () => {
  const { confirm, view, token, refreshBrowser, context, clock } = await world()
  await refreshBrowser(token, context)
  clock.advance(minutes(5))
  await refreshBrowser(token, context)
  await confirm(await view(), token)
  expect((await view()).session).toMatchObject({ generation: 1, confirmedAt: null, revokedAt: null })
})

test('an access token confirms nothing', async () => {
  const { confirm, view, mint } = await world()
  await confirm(await view(), (await mint.access(await view())).token)
  expect((await view()).session.confirmedAt).toBeNull()
})

test.each(['', 'nonsense', 'a.b.c'])('what is no token of ours confirms nothing: %j', async (token) => {
  const { confirm, view } = await world()
  await confirm(await view(), token)
  expect((await view()).session.confirmedAt).toBeNull()
})

test('a session ended meanwhile is not confirmed', async () => {
  const { confirm, view, token, logout, sid, context } = await world()
  const before = await view()
  await logout(sid, context)
  await confirm(before, token)
  expect((await view()).session.confirmedAt).toBeNull()
})

test('a failed write is reported and refuses nobody', async () => {
  const fault = new Error('no database')
  const { confirm, view, token, faults } = await world({
    sessions: (store) => ({ ...store, confirm: async () => Promise.reject(fault) }),
  })
  await expect(confirm(await view(), token)).resolves.toBeUndefined()
  expect(faults).toEqual([fault])
})
