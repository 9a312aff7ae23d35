/** docs/token-api.md, section 6, with ROTATE_REFRESH_TOKENS and BLACKLIST_AFTER_ROTATION off: a refresh token is used as often as one likes. */
import type { Case } from '../compare'
import { ada, type LoneSide, type Pair } from '../side'
import { asForm, asJson, SHOWN } from './endpoints'

const refreshPath = '/api/token/refresh/'
const refreshed = async (side: LoneSide, { refresh }: Pair): Promise<Pair> => {
  const reply = await side.send(asJson(refreshPath, { refresh }))
  // What has not come is what there was: nothing is handed out beside the access token.
  return { refresh, ...(JSON.parse(reply.body) as Partial<Pair>) } as Pair
}
const blacklisted = (side: LoneSide, { refresh }: Pair) => side.send(asJson('/api/token/blacklist/', { refresh }))

/** Names say "shown", not "used": differences of rotation are not meant for these. */
const FATES: [string, (side: LoneSide) => Promise<Pair>][] = [
  ['fresh', (side) => side.obtain()],
  [
    'shown once',
    async (side) => {
      const pair = await side.obtain()
      await refreshed(side, pair)
      return pair
    },
  ],
  [
    'shown three times',
    async (side) => {
      const pair = await side.obtain()
      for (let i = 0; i < 3; i++) await refreshed(side, pair)
      return pair
    },
  ],
  ['of a second refresh', async (side) => refreshed(side, await refreshed(side, await side.obtain()))],
  [
    'blacklisted',
    async (side) => {
      const pair = await side.obtain()
      await blacklisted(side, pair)
      return pair
    },
  ],
  [
    'blacklisted twice',
    async (side) => {
      const pair = await side.obtain()
      for (let i = 0; i < 2; i++) await blacklisted(side, pair)
      return pair
    },
  ],
  [
    'blacklisted after two refreshes',
    async (side) => {
      const pair = await refreshed(side, await refreshed(side, await side.obtain()))
      await blacklisted(side, pair)
      return pair
    },
  ],
]

export const withoutRotation: Case<LoneSide>[] = [
  {
    name: 'without rotation: obtain',
    request: () => asJson('/api/token/', { email: ada.email, password: ada.password }),
  },
  {
    name: 'without rotation: refresh by form',
    request: async (side) => asForm(refreshPath, { refresh: (await side.obtain()).refresh }),
  },
  {
    name: 'without rotation: refresh with an access token',
    request: async (side) => asJson(refreshPath, { refresh: (await side.obtain()).access }),
  },
  ...FATES.flatMap(([what, live]) =>
    (['access', 'refresh'] as const).flatMap((kind) =>
      SHOWN.map(({ name, show }) => ({
        name: `fate: ${name} of ${kind === 'access' ? 'an access' : 'a refresh'} token ${what}, without rotation`,
        request: async (side: LoneSide) => show((await live(side))[kind]),
      })),
    ),
  ),
]
