import { BlockList, isIP } from 'node:net'
import { setting } from '@harbor/shared-runtime/config'
import { z } from 'zod'

// An IPv4-mapped IPv6 address, as a dual-stack socket reports IPv4 peers (RFC 4291, 2.5.5.2).
const MAPPED = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i
const WITH_PORT = /^(?:\[([^\]]+)\]|(\d{1,3}(?:\.\d{1,3}){3}))(?::\d{1,5})?$/

/** The trusted proxies in front: their entries in `X-Forwarded-For` are believed. */
export type TrustedProxies = BlockList

/** `TRUSTED_PROXIES`: addresses and networks; none by default, since anybody can send the header. */
export const trustedProxies = setting(
  z
    .string()
    .transform((list, context) => {
      const proxies = new BlockList()
      for (const entry of list.split(',')) {
        if (addProxy(proxies, entry.trim())) continue
        context.addIssue({ code: 'custom', message: 'not an address or a network' })
        return z.NEVER
      }
      return proxies
    })
    .optional(),
  {
    about:
      'Proxies in front: the address of a consumer is the last in X-Forwarded-For that is not one of them. Not set: the address of the connection.',
    allowed: 'IP addresses and networks, separated by commas: 10.0.0.0/8, fd00::/8, 192.0.2.7',
  },
)

function addProxy(proxies: BlockList, entry: string): boolean {
  const [address = '', prefix, ...rest] = entry.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0) return false
  const family = version === 4 ? 'ipv4' : 'ipv6'
  if (prefix === undefined) proxies.addAddress(address, family)
  else if (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128))
    proxies.addSubnet(address, Number(prefix), family)
  else return false
  return true
}

/**
 * The address of a consumer: the peer of the connection, or, while that is a trusted proxy, the entry that it added to
 * the header. Read from the right: entries left of an untrusted address may be forged.
 */
export function clientAddress(
  peer: string,
  forwardedFor: string | undefined,
  trusted: TrustedProxies | undefined,
): string {
  let address = plain(peer) ?? peer
  if (trusted === undefined || forwardedFor === undefined) return address
  const hops = forwardedFor.split(',')
  while (isTrusted(trusted, address)) {
    const before = plain(hops.pop()?.trim() ?? '')
    if (before === undefined) break
    address = before
  }
  return address
}

/**
 * The key under which an address is counted: IPv4 as it is, also when IPv4-mapped; IPv6 by its first 64 bits, because
 * a subscriber usually has a whole /64 (RFC 6177): `2001:db8:0:1::/64`.
 * @param address as sockets report it, with or without a zone
 */
export function addressKey(address: string): string {
  if (!address.includes(':') || isIP(address) !== 6) return address
  const dotted = MAPPED.exec(address)?.[1]
  if (dotted !== undefined) return dotted
  const [head = '', tail] = address.split('%', 1)[0]?.split('::') ?? []
  const groups = (text: string | undefined) => (text ? text.split(':') : [])
  const [front, back] = [groups(head), groups(tail)]
  // A dotted end counts as two groups; it never reaches into the first four before "::".
  const width = back.length + (back.at(-1)?.includes('.') ? 1 : 0)
  const zeros = tail === undefined ? 0 : 8 - front.length - width
  const all = [...front, ...Array<string>(zeros).fill('0'), ...back]
  const network = all.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16))
  return `${network.join(':')}::/64`
}

const isTrusted = (trusted: TrustedProxies, address: string): boolean => {
  const version = isIP(address)
  return version !== 0 && trusted.check(address, version === 4 ? 'ipv4' : 'ipv6')
}

/** An address without port, brackets or the IPv4-mapped prefix; `undefined` for anything else. */
function plain(text: string): string | undefined {
  const [, bracketed, dotted] = WITH_PORT.exec(text) ?? []
  const address = bracketed ?? dotted ?? text
  if (isIP(address) === 0) return undefined
  return MAPPED.exec(address)?.[1] ?? address
}
