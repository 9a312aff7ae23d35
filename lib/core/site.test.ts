import { expect, test } from 'vitest'
import { siteOf } from './site'

test.each<[string, string | null]>([
  ['2001:db8:0:0::/64', '2001:db8:0::/48'],
  ['2001:db8:0:ffff::/64', '2001:db8:0::/48'],
  ['2001:db8:1:0::/64', '2001:db8:1::/48'],
  ['0:0:0:0::/64', '0:0:0::/48'],
  ['192.0.2.7', null],
])('%s lies in %s', (network, site) => expect(siteOf(network)).toBe(site))
