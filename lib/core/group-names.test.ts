import { expect, test } from 'vitest'
import { codenameFault, groupNameFault } from './group-names'

test.each(['editors', 'Site editors', 'Éditeurs', 'a', 'x'.repeat(150), 'a/b-c_d.e'])(
  'a group may be called %j',
  (name) => expect(groupNameFault(name)).toBeNull(),
)

test.each([
  '',
  ' ',
  ' editors',
  'editors ',
  'a,b',
  'a\nb',
  'a\u001b[31m',
  'ed\u202eitors',
  'a\u200bb',
  'x'.repeat(151),
])('a group may not be called %j', (name) => expect(groupNameFault(name)).toEqual(expect.any(String)))

test.each(['view_reports', 'reports.view', 'reports:view', 'a', '1', 'x'.repeat(100)])('%j is a codename', (codename) =>
  expect(codenameFault(codename)).toBeNull(),
)

test.each(['', 'View', 'view reports', '_view', 'view,all', 'é', 'x'.repeat(101)])('%j is no codename', (codename) =>
  expect(codenameFault(codename)).toEqual(expect.any(String)),
)
