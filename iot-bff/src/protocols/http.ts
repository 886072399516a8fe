import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { matchesTag } from '@harbor/shared-edge/entity-tags'
import { preferredMediaType } from '@harbor/shared-edge/negotiation'
import { deviceEvents } from '@harbor/shared-runtime/telemetry/devices'
import { namedFlagsFor } from '../access/named-flags.ts'
import {
  isRefusal,
  LINKS,
  messageAt,
  RETRY_AFTER_S,
  type Refusal,
  type Resources,
} from '../access/resources.ts'
import type { SenmlFormat } from '../codecs/senml.ts'
import type { Device } from '../devices/record.ts'
import type { Devices } from '../devices/registry.ts'
import type { Limits } from '../limits/limits.ts'
import { SENML_FORMATS } from '../messages/define-message.ts'
import { READ_MESSAGES } from '../messages/index.ts'
import { namedFlags } from '../messages/named-flags.ts'
import type { Format } from '../messages/representation.ts'
import { telemetry as telemetryMessage } from '../messages/telemetry.ts'
import type { FlagStore, Resource } from '../stock/flag-store.ts'
import type { TelemetryIntake } from '../telemetry/intake.ts'
import { tellMessage } from './tell-message.ts'

/** `k: <key>`: the device's key and nothing else. */
const KEY_HEADER = 'k'
const MAX_KEY_CHARACTERS = 128
const MAX_URL_CHARACTERS = 256

const CBOR = 'application/cbor'
const SENML_CBOR = 'application/senml+cbor'
const FORMATS: ReadonlyMap<string, Format> = new Map<string, Format>([
  [CBOR, 'cbor'],
  [SENML_CBOR, 'senml'],
])
/** The media types of a resource, the shortest first. */
const TYPES: Record<Resource['kind'], readonly string[]> = {
  flag: [READ_MESSAGES.flag.plain.mediaType, CBOR, SENML_CBOR],
  bitmap: [READ_MESSAGES.bitmap.plain.mediaType, CBOR, SENML_CBOR],
}
/** Where telemetry is posted to. */
const TELEMETRY_PATH = telemetryMessage.posts.join('/')
/** Where the flags of named SKUs are asked for, and as what they are answered. */
const NAMED_PATH = namedFlags.posts.join('/')
const NAMED_TYPES = [READ_MESSAGES.bitmap.plain.mediaType, CBOR]
const MAX_BODY_BYTES = 16_384
const SENML: ReadonlyMap<string, SenmlFormat> = new Map(
  SENML_FORMATS.map(([, mediaType, format]) => [mediaType, format]),
)
const LINKS_TYPE = 'application/link-format'

const STATUS: Record<Refusal, number> = { not_found: 404, forbidden: 403, unavailable: 503 }

/** Headers as names and values in turn. */
type Headers = readonly string[]
type Options = {
  store: FlagStore
  devices: Devices
  resources: Resources
  limits: Limits
  telemetry: TelemetryIntake
}

/**
 * The device contract in as few bytes as HTTP allows: no `Date` (freshness counts from receipt), no reason
 * phrase, no `Connection` in HTTP/1.1, `Content-Type` only for who asks for types. Errors have no body.
 */
export function createHttpListener({
  store,
  devices,
  resources,
  limits,
  telemetry,
}: Options): RequestListener {
  return (request, response) => {
    const { method, headers, url = '' } = request
    const keepAlive = response.shouldKeepAlive
    if (deviceEvents.message.hasSubscribers)
      response.once('finish', () =>
        tellMessage('http', () => messageAt(segments(url) ?? []), response.statusCode),
      )
    slim(request, response)
    // Before anything else is answered, a request is counted: for its device, or for its address.
    const device = authenticate(headers[KEY_HEADER])
    if (device === undefined) return refuseKey(request, response)
    const waitS = limits.device(device.id)
    if (waitS > 0) return refuse(response, 429, tooMany('device', waitS))
    if (url.length > MAX_URL_CHARACTERS) return refuse(response, 414)
    if (method === 'POST' && segments(url)?.join('/') === TELEMETRY_PATH)
      return void submit(request, response, device, keepAlive)
    if (method === 'POST' && segments(url)?.join('/') === NAMED_PATH)
      return void answerNamed(request, response, device, keepAlive)
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

  async function answerNamed(
    request: IncomingMessage,
    response: ServerResponse,
    device: Device,
    keepAlive: boolean,
  ) {
    const { headers } = request
    if (mediaTypeOf(request) !== CBOR) return refuse(response, 415, ['Accept', CBOR])
    const type = preferredMediaType(headers.accept, NAMED_TYPES)
    if (type === undefined) return refuse(response, 406)
    const body = await readBody(request)
    if (body === undefined) return refuse(response, 413)
    response.shouldKeepAlive = keepAlive
    hideConnection(request, response)
    const found = namedFlagsFor(store, device, body, type === CBOR ? 'cbor' : 'plain')
    if (found === 'malformed') return refuse(response, 400)
    if (typeof found === 'string') return refuse(response, STATUS[found], retryAfter(found))
    const named = headers.accept === undefined ? [] : ['Content-Type', type]
    // Of a POST no cache keeps anything: this is for the device.
    send(response, 200, ['Cache-Control', `max-age=${store.maxAgeS()}`, ...named], found.body)
  }

  function answerLinks({ headers }: IncomingMessage, response: ServerResponse) {
    if (preferredMediaType(headers.accept, [LINKS_TYPE]) === undefined) return refuse(response, 406)
    send(response, 200, ['Content-Type', LINKS_TYPE], LINKS)
  }

  async function submit(
    request: IncomingMessage,
    response: ServerResponse,
    device: Device,
    keepAlive: boolean,
  ) {
    const format = SENML.get(mediaTypeOf(request))
    if (format === undefined) return refuse(response, 415, ['Accept', [...SENML.keys()].join(', ')])
    const body = await readBody(request)
    if (body === undefined) return refuse(response, 413)
    // The body is read: the connection can be used again.
    response.shouldKeepAlive = keepAlive
    hideConnection(request, response)
    const receipt = await telemetry(device, body, format)
    if (receipt.outcome === 'malformed') return refuse(response, 400)
    if (receipt.outcome === 'unavailable') return refuse(response, 503, retryAfter('unavailable'))
    if (receipt.refused > 0) return send(response, 200, [], Buffer.from(String(receipt.refused)))
    response.writeHead(204, '').end()
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

function slim(request: IncomingMessage, response: ServerResponse): void {
  const { headers } = request
  response.sendDate = false
  // A body that nobody reads must not stand in front of the next request.
  if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined)
    response.shouldKeepAlive = false
  hideConnection(request, response)
}

/** HTTP/1.1 keeps a connection without saying so. */
function hideConnection({ httpVersion }: IncomingMessage, response: ServerResponse): void {
  if (response.shouldKeepAlive && httpVersion === '1.1') response.removeHeader('connection')
}

const mediaTypeOf = ({ headers }: IncomingMessage): string =>
  headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? ''

/** The whole body; `undefined` for one that is too long, or that was cut off. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of request) {
      bytes += chunk.length
      if (bytes > MAX_BODY_BYTES) return undefined
      chunks.push(chunk)
    }
  } catch {
    return undefined
  }
  return Buffer.concat(chunks)
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
