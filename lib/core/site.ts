/** Networks side by side. One customer is often given 65 536 networks of IPv6, and could be another stranger from each. */

/** The /48 around a network (RequestContext.network); null for an IPv4 address, of which nobody has so many. */
export function siteOf(network: string): string | null {
  return network.endsWith('::/64') ? `${network.split(':').slice(0, 3).join(':')}::/48` : null
}
