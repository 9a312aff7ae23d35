import { describe, expect, test } from 'vitest'
import { clientAddress, networkOf } from './client-address'
import { PEER_HEADER } from './internal-headers'

const PROXY = '10.0.0.1'
const address = (peer: string | null, forwarded: string | null, trusted: string[] = [PROXY]) =>
  clientAddress(
    new Headers({
      ...(peer === null ? {} : { [PEER_HEADER]: peer }),
      ...(forwarded === null ? {} : { 'x-forwarded-for': forwarded }),
    }),
    trusted,
  )

describe('TH-4: X-Forwarded-For counts only behind a trusted proxy, and then from the right', () => {
  test.each<[string, string | null, string | null, string[], string]>([
    ['no proxy', '203.0.113.7', null, [], '203.0.113.7'],
    ['a stranger’s header', '203.0.113.7', '198.51.100.1', [], '203.0.113.7'],
    ['a stranger’s header, though a proxy is trusted', '203.0.113.7', '198.51.100.1', [PROXY], '203.0.113.7'],
    ['the proxy’s header', PROXY, '198.51.100.1', [PROXY], '198.51.100.1'],
    ['what the client itself put before it', PROXY, '1.1.1.1, 198.51.100.1', [PROXY], '198.51.100.1'],
    ['the client claiming to be the proxy', PROXY, `${PROXY}, 198.51.100.1`, [PROXY], '198.51.100.1'],
    ['two proxies in a row', PROXY, '198.51.100.1, 10.0.0.2', [PROXY, '10.0.0.2'], '198.51.100.1'],
    ['two proxies, one of them not trusted', PROXY, '198.51.100.1, 10.0.0.2', [PROXY], '10.0.0.2'],
    ['a trusted network', '10.9.8.7', '198.51.100.1, 10.1.1.1', ['10.0.0.0/8'], '198.51.100.1'],
    ['an address just outside the network', '11.0.0.1', '198.51.100.1', ['10.0.0.0/8'], '11.0.0.1'],
    ['nothing but proxies', PROXY, '10.0.0.2', ['10.0.0.0/8'], '10.0.0.2'],
    ['a proxy without the header', PROXY, null, [PROXY], PROXY],
    ['a proxy with an empty header', PROXY, '', [PROXY], PROXY],
    ['a hop that is no address', PROXY, '198.51.100.1, nonsense', [PROXY], PROXY],
    ['nonsense left of the client', PROXY, 'nonsense, 198.51.100.1', [PROXY], '198.51.100.1'],
    ['an empty hop', PROXY, '198.51.100.1,', [PROXY], PROXY],
    ['a hop with a port', PROXY, '198.51.100.1:4711', [PROXY], PROXY],
    ['a proxy over IPv6', '2001:db8::1', '2001:db8:1::5', ['2001:db8::/64'], '2001:db8:1::5'],
    ['IPv4 in IPv6 at the peer', '::ffff:10.0.0.1', '198.51.100.1', [PROXY], '198.51.100.1'],
    ['IPv4 in IPv6 among the trusted', PROXY, '198.51.100.1', ['::ffff:10.0.0.1'], '198.51.100.1'],
    ['no peer', null, '198.51.100.1', [PROXY], '::'],
    ['a peer that is no address', 'nonsense', '198.51.100.1', [PROXY], '::'],
  ])('%s', (_, peer, forwarded, trusted, expected) => expect(address(peer, forwarded, trusted)).toBe(expected))

  test.each(['x-real-ip', 'forwarded', 'x-client-ip', 'cf-connecting-ip', 'true-client-ip', 'x-forwarded'])(
    '%s is never read',
    (name) => {
      const headers = new Headers({ [PEER_HEADER]: PROXY, [name]: '198.51.100.1' })
      expect(clientAddress(headers, [PROXY])).toBe(PROXY)
    },
  )
})

test.each([
  ['2001:db8::1', '2001:0db8:0000:0000:0000:0000:0000:0001'],
  ['2001:db8::1', '2001:DB8:0:0::1'],
  ['203.0.113.7', '::ffff:203.0.113.7'],
  ['203.0.113.7', '::ffff:cb00:7107'],
])('TH-4: %s and %s are one client', (canonical, spelling) => {
  expect(address(spelling, null)).toBe(canonical)
  expect(address(PROXY, spelling)).toBe(canonical)
})

describe('the network that guesses are counted by', () => {
  test.each<[string, string]>([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
    ['2001:db8:1:3::', '2001:db8:1:3::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('%s belongs to %s', (ip, network) => expect(networkOf(ip)).toBe(network))
})
