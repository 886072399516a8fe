import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { matchesTag } from '@harbor/shared-edge/entity-tags'
import { preferredMediaType } from '@harbor/shared-edge/negotiation'
import type { Device } from '../devices/record.ts'
import type { Devices } from '../devices/registry.ts'
import type { FlagStore, Resource } from '../flag-store.ts'
import type { Limits } from '../limits/limits.ts'
import type { Format } from '../messages/representation.ts'
import { isRefusal, LINKS, RETRY_AFTER_S, type Refusal, type Resources } from '../resources.ts'

/** `k: <key>`: the device's key and nothing else. */
const KEY_HEADER = 'k'
const MAX_KEY_CHARACTERS = 128
const MAX_URL_CHARACTERS = 256

const FORMATS = new Map<string, Format>([
  ['text/plain', 'plain'],
  ['application/octet-stream', 'plain'],
  ['application/cbor', 'cbor'],
  ['application/senml+cbor', 'senml'],
])
const TYPES = {
  flag: ['text/plain', 'application/cbor', 'application/senml+cbor'],
  bitmap: ['application/octet-stream', 'application/cbor', 'application/senml+cbor'],
} as const satisfies Record<Resource['kind'], readonly string[]>
const LINKS_TYPE = 'application/link-format'

const STATUS: Record<Refusal, number> = { not_found: 404, forbidden: 403, unavailable: 503 }

/** Headers as names and values in turn. */
type Headers = readonly string[]
type Options = { store: FlagStore; devices: Devices; resources: Resources; limits: Limits }

/**
 * The device contract in as few bytes as HTTP allows: no `Date` (freshness counts from receipt), no reason
 * phrase, no `Connection` in HTTP/1.1, `Content-Type` only for who asks for types. Errors have no body.
 */
export function createHttpListener({ store, devices, resources, limits }: Options): RequestListener {
  return (request, response) => {
    const { method, headers, url = '' } = request
    slim(request, response)
    // Before anything else is answered, a request is counted: for its device, or for its address.
    const device = authenticate(headers[KEY_HEADER])
    if (device === undefined) return refuseKey(request, response)
    const waitS = limits.device(device.id)
    if (waitS > 0) return refuse(response, 429, tooMany('device', waitS))
    if (url.length > MAX_URL_CHARACTERS) return refuse(response, 414)
    if (method !== 'GET' && method !== 'HEAD') return refuse(response, 405, ['Allow', 'GET, HEAD'])
    const path = segments(url)
    if (path === undefined) return refuse(response, 404)
    const found = resources(device, path)
    if (found === 'links') return answerLinks(request, response)
    if (isRefusal(found)) return refuse(response, STATUS[found], retryAfter(found))
    answer(request, response, found)
  }

  function answer({ headers }: IncomingMessage, response: ServerResponse, resource: Resource) {
    const type = preferredMediaType(headers.accept, TYPES[resource.kind])
    if (type === undefined) return refuse(response, 406)
    const answer = resource.answers?.[FORMATS.get(type) ?? 'plain']
    if (answer === undefined) return refuse(response, 404)
    const scope = isForwarded(headers) ? 'private,' : ''
    const cached = ['ETag', `"${answer.etagText}"`, 'Cache-Control', `${scope}max-age=${store.maxAgeS()}`]
    if (headers.accept !== undefined) cached.push('Vary', 'Accept', 'Content-Type', type)
    if (!matchesTag(headers['if-none-match'], `"${answer.etagText}"`))
      return send(response, 200, cached, answer.body)
    response.writeHead(304, '', cached).end()
  }

  function answerLinks({ headers }: IncomingMessage, response: ServerResponse) {
    if (preferredMediaType(headers.accept, [LINKS_TYPE]) === undefined) return refuse(response, 406)
    send(response, 200, ['Content-Type', LINKS_TYPE], LINKS)
  }

  function authenticate(key: string | string[] | undefined): Device | undefined {
    if (typeof key !== 'string' || key.length > MAX_KEY_CHARACTERS) return undefined
    return devices.byKey(key)?.device
  }

  function refuseKey({ socket }: IncomingMessage, response: ServerResponse) {
    const waitS = limits.badKey(socket.remoteAddress ?? '')
    if (waitS === 0) return refuse(response, 401, ['WWW-Authenticate', KEY_HEADER])
    refuse(response, 429, [...tooMany('address', waitS), 'Connection', 'close'])
  }
}

function slim({ httpVersion, headers }: IncomingMessage, response: ServerResponse): void {
  response.sendDate = false
  // A body that nobody reads must not stand in front of the next request.
  if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined)
    response.shouldKeepAlive = false
  if (response.shouldKeepAlive && httpVersion === '1.1') response.removeHeader('connection')
}

function send(response: ServerResponse, status: number, headers: Headers, body?: Buffer): void {
  response.writeHead(status, '', [...headers, 'Content-Length', String(body?.length ?? 0)]).end(body)
}

const refuse = (response: ServerResponse, status: number, headers: Headers = []): void =>
  send(response, status, headers)

/** `RateLimit` stands here alone: on an answer it would cost more bytes than the flag. */
const tooMany = (policy: string, waitS: number): Headers => [
  'Retry-After',
  String(waitS),
  'RateLimit',
  `"${policy}";r=0;t=${waitS}`,
]

const retryAfter = (refusal: Refusal): Headers =>
  refusal === 'unavailable' ? ['Retry-After', String(RETRY_AFTER_S)] : []

/** The path without its query; `undefined` when it is not a path. Identifiers need no encoding, but may have it. */
function segments(url: string): readonly string[] | undefined {
  const [path = ''] = url.split('?', 1)
  if (!path.startsWith('/')) return undefined
  try {
    return (path.includes('%') ? decodeURIComponent(path) : path).slice(1).split('/')
  } catch {
    return undefined
  }
}

/**
 * Whether a proxy passed the request on. What a store's flag is depends on who asks, so a cache on the way
 * must not keep it; a device that is connected directly is spared the word.
 */
const isForwarded = ({ via, forwarded, 'x-forwarded-for': addresses }: IncomingMessage['headers']): boolean =>
  via !== undefined || forwarded !== undefined || addresses !== undefined
