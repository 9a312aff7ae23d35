import { expect, test } from 'vitest'
import { aPrincipal, aView } from '#lib/testing/builders'
import type { UserRecord } from './records'
import { isPermitted } from './principal'

const may = (user: Partial<UserRecord>, permissions: string[]) =>
  isPermitted(aPrincipal(aView({ user, grants: { permissions } })), 'view_reports')

test.each<[string, Partial<UserRecord>, string[], boolean]>([
  ['without the permission', {}, [], false],
  ['with it', {}, ['edit_reports', 'view_reports'], true],
  [
    'with others that begin or end like it',
    {},
    ['view_report', 'view_reports_too', 'VIEW_REPORTS', 'preview_reports'],
    false,
  ],
  ['a superuser without it', { isSuperuser: true }, [], true],
  ['staff without it', { isStaff: true }, [], false],
  ['a deactivated user with it', { isActive: false }, ['view_reports'], false],
  ['a deactivated superuser', { isActive: false, isSuperuser: true }, [], false],
])('%s', (_, user, permissions, permitted) => expect(may(user, permissions)).toBe(permitted))
