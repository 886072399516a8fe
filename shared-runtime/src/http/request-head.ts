import type { IncomingMessage } from 'node:http'

/** More than any consumer of ours sends; Node would silently drop headers above its own limit. */
export const MAX_HEADERS = 100

// RFC 9110, 7.2: uri-host [":" port]. Excludes everything that a URL parser or a log could read differently.
const HOST = /^(?:\[[0-9a-f:.]{2,45}\]|[\w.-]{1,253})(?::\d{1,5})?$/i

/**
 * The status with which a request is refused by its head alone; `undefined` to continue. Node's parser has refused
 * invalid HTTP; this refuses valid HTTP that this server and a proxy in front could interpret differently.
 */
export function refusalOf({ url, httpVersion, headers, rawHeaders }: IncomingMessage): number | undefined {
  if (rawHeaders.length > 2 * MAX_HEADERS) return 431
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return 400
  // RFC 9112, 3.2: the other forms are for proxies; a fragment is never sent.
  if (!originForm(url, headers.host)?.startsWith('/') || url?.includes('#')) return 400
  if (headers['transfer-encoding'] !== undefined && !isPlainlyChunked(httpVersion, headers)) return 400
  return isOneHost(rawHeaders, httpVersion) ? undefined : 400
}

const ABSOLUTE = /^https?:\/\/([^/?#@]+)/i

/**
 * The target of a request as path and query. A server must also accept the absolute form that is meant for proxies
 * (RFC 9112, 3.2.2); here only with the same host as the Host header, so that a request never has two hosts.
 * @returns the input when it has neither form
 */
export function originForm(url: string | undefined, host: string | undefined): string | undefined {
  if (url === undefined || url.startsWith('/')) return url
  const [origin, authority] = ABSOLUTE.exec(url) ?? []
  if (origin === undefined || authority?.toLowerCase() !== host?.toLowerCase()) return url
  const rest = url.slice(origin.length)
  return rest.startsWith('/') ? rest : `/${rest}`
}

/** RFC 9112, 6.1: HTTP/1.0 has no transfer coding, and no coding other than chunked is supported here. */
const isPlainlyChunked = (httpVersion: string, headers: IncomingMessage['headers']): boolean =>
  httpVersion === '1.1' && headers['transfer-encoding']?.toLowerCase() === 'chunked'

/** Node uses the first of several Host headers, a proxy in front may use the last. */
function isOneHost(rawHeaders: readonly string[], httpVersion: string): boolean {
  let host: string | undefined
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]
    if (name?.length !== 4 || name.toLowerCase() !== 'host') continue
    if (host !== undefined) return false
    host = rawHeaders[i + 1] ?? ''
  }
  return host === undefined ? httpVersion === '1.0' : HOST.test(host)
}
