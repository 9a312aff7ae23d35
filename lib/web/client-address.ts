/** The address a request came from: the socket's peer, or behind trusted proxies the rightmost hop that is not one of them (TH-4). */
import ipaddr from 'ipaddr.js'
import { PEER_HEADER } from './internal-headers'

const UNKNOWN = '::'

/** Canonical text; IPv4 in IPv6 is IPv4, so that every spelling of one address is the same client. */
export function clientAddress(headers: Headers, trustedProxies: readonly string[]): string {
  const peer = canonical(headers.get(PEER_HEADER) ?? '') ?? UNKNOWN
  const forwarded = (headers.get('x-forwarded-for') ?? '').split(',')
  let address = peer
  while (isTrusted(address, trustedProxies)) {
    const hop = canonical(forwarded.pop()?.trim() ?? '')
    if (hop === null) break
    address = hop
  }
  return address
}

/** IPv6 by /64, the block one household or server owns: the unit in which guesses are counted. */
export function networkOf(address: string): string {
  if (!ipaddr.IPv6.isValid(address)) return address
  const parts = ipaddr.IPv6.parse(address).parts.slice(0, 4)
  return `${parts.map((part) => part.toString(16)).join(':')}::/64`
}

function isTrusted(address: string, trusted: readonly string[]): boolean {
  const parsed = ipaddr.process(address)
  return trusted.some((entry) => {
    const [range, bits] = entry.includes('/') ? ipaddr.parseCIDR(entry) : [ipaddr.process(entry), null]
    if (parsed.kind() !== range.kind()) return false
    return parsed.match(range, bits ?? (range.kind() === 'ipv4' ? 32 : 128))
  })
}

function canonical(text: string): string | null {
  return ipaddr.isValid(text) ? ipaddr.process(text).toString() : null
}
