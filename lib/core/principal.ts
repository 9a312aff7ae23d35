/** Who a request acts as, once verified against the live session and user. Made by the session flows, read by every page and handler. */
export interface Principal {
  user: {
    id: string
    email: string
    username: string
    isStaff: boolean
    isSuperuser: boolean
    /** The names of the user's groups, and the codenames of what they permit, as the database has them now. */
    groups: string[]
    permissions: string[]
    createdAt: Date
    lastLoginAt: Date | null
  }
  session: {
    id: string
    kind: 'browser' | 'api'
    generation: number
    persistent: boolean
    /** When the user last proved who they are; sensitive acts want it younger than REAUTH_MAX_AGE. */
    authTime: Date
    amr: string[]
    createdAt: Date
    idleExpiresAt: Date
    absoluteExpiresAt: Date
    userAgent: string
    ip: string
  }
  /** The access token this request came with; `id` is the start of its jti, enough to tell two tokens apart on a screen. */
  access: { id: string; issuedAt: Date; expiresAt: Date }
}

/** Whether the principal may do what that codename stands for. Superusers may do everything. */
export function isPermitted({ user }: Principal, codename: string): boolean {
  return user.isSuperuser || user.permissions.includes(codename)
}
