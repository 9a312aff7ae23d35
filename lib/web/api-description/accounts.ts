/** Endpoints that make accounts and tell of them. */
import { z } from 'zod'
import { registerFields } from '#lib/core/request-fields'
import { invalid, jsonEndpoint, refusedAccess } from './shared-answers'

const instant = z.iso.datetime({ offset: true })

export const registered = z.object({ email: z.string(), username: z.string() })

export const ownRecord = z.object({
  id: z.uuid(),
  email: z.string(),
  username: z.string(),
  groups: z.array(z.string()),
  permissions: z.array(z.string()),
  session: z.object({
    id: z.uuid(),
    kind: z.literal('api'),
    created_at: instant,
    expires_at: instant.meta({ description: 'The end that nothing moves; it may end earlier.' }),
    auth_time: instant.meta({ description: 'When the password was last given.' }),
  }),
})

export const register = jsonEndpoint({
  id: 'register',
  method: 'post',
  path: '/api/register/',
  group: 'Accounts',
  summary: 'Make an account',
  description:
    'Email and username are compared without regard to capitals and must both be new. Nobody is logged in by it: obtain tokens next. A password that attackers would try first is refused, with the reason.',
  security: 'none',
  body: {
    schema: registerFields,
    example: { email: 'ada@example.com', username: 'ada', password: 'seven green bottles' },
  },
  answers: {
    201: {
      description: 'The account is made.',
      schema: registered,
      example: { email: 'ada@example.com', username: 'ada' },
    },
    400: invalid({ email: ['user with this email already exists.'], password: ['This field is required.'] }),
  },
})

export const me = jsonEndpoint({
  id: 'me',
  method: 'get',
  path: '/api/me/',
  group: 'Accounts',
  summary: 'One’s own record and session',
  description: 'Who the access token stands for, as the account is now, and the session the token belongs to.',
  security: 'bearer',
  answers: {
    200: {
      description: 'The record.',
      schema: ownRecord,
      example: {
        id: '8f14e45f-ceea-467f-a0e6-b3f2c1d4e5f6',
        email: 'ada@example.com',
        username: 'ada',
        groups: [],
        permissions: [],
        session: {
          id: '0b9c2a51-5d0e-4c7f-9a36-1f2e3d4c5b6a',
          kind: 'api',
          created_at: '2026-01-02T03:04:05.000Z',
          expires_at: '2026-02-01T03:04:05.000Z',
          auth_time: '2026-01-02T03:04:05.000Z',
        },
      },
    },
    401: refusedAccess,
  },
})
