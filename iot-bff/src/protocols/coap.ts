import { isRefusal, type Resources } from '../access/resources.ts'
import {
  CODE,
  type CoapMessage,
  emptyMessage,
  encodeMessage,
  parseMessage,
  TYPE,
} from '../codecs/coap-message.ts'
import { type CoapRequest, readRequest } from '../codecs/coap-request.ts'
import type { SenmlFormat } from '../codecs/senml.ts'
import type { Device } from '../devices/record.ts'
import type { Limits } from '../limits/limits.ts'
import { SENML_FORMATS } from '../messages/define-message.ts'
import { telemetry as telemetryMessage } from '../messages/telemetry.ts'
import type { FlagStore } from '../stock/flag-store.ts'
import type { TelemetryIntake } from '../telemetry/intake.ts'
import {
  bare,
  type CoapAnswer,
  challenge,
  content,
  formatFor,
  links,
  receiptOf,
  refused,
  tooMany,
  unauthorized,
} from './coap-answers.ts'
import type { EchoProof } from './coap-echo.ts'
import { type Endpoint, endpointKey, type MessageIds, type SendDatagram } from './coap-endpoint.ts'
import type { Observations } from './coap-observe.ts'
import { ProvenEndpoints } from './coap-proven.ts'

/** What an address that has proved nothing may be sent, as a multiple of the bytes of its request. */
const MAX_AMPLIFICATION = 3
const METHOD_CLASS = 0

type Options = {
  store: FlagStore
  resources: Resources
  observations: Observations
  echo: EchoProof
  limits: Limits
  /** The device that peers without a security context are taken for; none once it is no longer served. */
  plainDevice: () => Device | undefined
  messageIds: MessageIds
  telemetry: TelemetryIntake
  /** For answers that are not ready at once. */
  send: SendDatagram
}

/** Answers one datagram; `undefined` when there is no answer. */
export type CoapHandler = (datagram: Buffer, peer: Endpoint) => Buffer | undefined

/** What is known of the sender of a request. */
type Sender = {
  readonly peer: Endpoint
  /** `{address} {port}`. */
  readonly key: string
  /** Milliseconds since the challenge that this request answers; none for a request without a proof of its own. */
  readonly proofAgeMs: number | undefined
  /** The endpoint has proved its address, by this request or an earlier one. */
  readonly isProven: boolean
}

/**
 * The device contract over CoAP (RFC 7252, 7641, 7959). A GET leaves no state, so a repeated one is answered
 * again; only observations are stored, for peers that have proved their address by Echo.
 */
export function createCoapHandler(options: Options): CoapHandler {
  const { store, resources, observations, echo, limits, plainDevice, messageIds, telemetry, send } = options
  const proven = new ProvenEndpoints()

  return (datagram, peer) => {
    const message = parseMessage(datagram)
    if (message === undefined) return undefined
    if ('malformed' in message) return message.type === TYPE.CON ? reset(message.messageId) : undefined
    if (message.type === TYPE.ACK) return void observations.acknowledged(peer, message.messageId)
    if (message.type === TYPE.RST) return void observations.reset(peer, message.messageId)
    // A ping, or a response to something that was never asked.
    if (message.code === CODE.EMPTY || message.code >> 5 !== METHOD_CLASS)
      return message.type === TYPE.CON ? reset(message.messageId) : undefined
    return answer(message, peer, datagram.length)
  }

  function answer(message: CoapMessage, peer: Endpoint, requestBytes: number): Buffer | undefined {
    const request = readRequest(message)
    const sender = identify(peer, typeof request === 'number' ? undefined : request.echo)
    const isAllowed = ({ length }: Buffer) =>
      sender.proofAgeMs !== undefined || length <= MAX_AMPLIFICATION * requestBytes
    const waitS = take(sender)
    if (waitS > 0) {
      const refusal = reply(message, peer, overLimit(waitS, sender, request))
      return isAllowed(refusal) ? refusal : reply(message, peer, tooMany(waitS))
    }
    if (request === CODE.BAD_OPTION && message.type !== TYPE.CON) return reset(message.messageId)
    if (isTelemetry(message, request)) return void submit(message, request, peer)
    const response = reply(message, peer, respond(message, request, sender))
    return isAllowed(response) ? response : reply(message, peer, challenge(echo.challenge(peer)))
  }

  function identify(peer: Endpoint, given: Buffer | undefined): Sender {
    const key = endpointKey(peer)
    const proofAgeMs = given === undefined ? undefined : echo.ageMs(peer, given)
    if (proofAgeMs !== undefined) proven.add(key, peer)
    return { peer, key, proofAgeMs, isProven: proofAgeMs !== undefined || proven.has(key) }
  }

  /** Each kind of sender has an allowance of its own: nothing that can be forged is counted against a proof. */
  function take({ peer, key, proofAgeMs, isProven }: Sender): number {
    if (proofAgeMs !== undefined) return limits.proven(key)
    return isProven ? limits.endpoint(key) : limits.unproven(peer.address)
  }

  /** Whoever has no proof in the request may come back with one at once: its address's allowance is not its own. */
  function overLimit(waitS: number, { peer, proofAgeMs }: Sender, request: CoapRequest | number): CoapAnswer {
    if (proofAgeMs !== undefined) return tooMany(waitS)
    const value = echo.challenge(peer)
    const registers = typeof request !== 'number' && request.observe === 'register'
    return registers ? challenge(value) : tooMany(waitS, value)
  }

  function respond(message: CoapMessage, request: CoapRequest | number, sender: Sender): CoapAnswer {
    if (typeof request === 'number') return bare(request)
    if (message.code !== CODE.GET) return bare(CODE.METHOD_NOT_ALLOWED)
    return get(request, message.token, sender)
  }

  /** Piggybacked on the acknowledgement: the intake answers before the client would send again. */
  async function submit(message: CoapMessage, { contentFormat }: CoapRequest, peer: Endpoint) {
    const device = plainDevice()
    const format = contentFormat === undefined ? undefined : SENML.get(contentFormat)
    if (device === undefined) return send(reply(message, peer, unauthorized), peer)
    if (format === undefined) return send(reply(message, peer, bare(CODE.UNSUPPORTED_CONTENT_FORMAT)), peer)
    send(reply(message, peer, receiptOf(await telemetry(device, message.payload, format))), peer)
  }

  function get(request: CoapRequest, token: Buffer, { peer, proofAgeMs }: Sender): CoapAnswer {
    const device = plainDevice()
    if (device === undefined) return bare(CODE.UNAUTHORIZED)
    if (request.observe === 'deregister') observations.deregister(peer, token)
    const found = resources(device, request.path)
    if (found === 'links') return links(request)
    if (isRefusal(found)) return refused(found)
    const { accept, block } = request
    const format = formatFor(found, accept)
    if (format === undefined) return bare(CODE.NOT_ACCEPTABLE)
    const state = found.answers?.[format]
    if (state === undefined) return refused('not_found')
    // To renew an observation needs no proof: nothing more is sent than before.
    // A later block is a part of a state, not a new registration (RFC 7959 §3.4).
    const registers = request.observe === 'register' && (block?.number ?? 0) === 0
    if (registers && proofAgeMs === undefined && !observations.has(peer, token))
      return challenge(echo.challenge(peer))
    const sequence = registers
      ? observations.register(peer, { device: device.id, token, resource: found, accept, block }, proofAgeMs)
      : undefined
    const held = request.etags.some((etag) => etag.equals(state.etag))
    return content(state, request, store.maxAgeS(), { held, sequence })
  }

  function reply({ type, messageId, token }: CoapMessage, peer: Endpoint, answer: CoapAnswer): Buffer {
    if (type === TYPE.CON) return encodeMessage({ type: TYPE.ACK, messageId, token, ...answer })
    const own = observations.messageId(peer) ?? messageIds.replyTo(peer, messageId)
    return encodeMessage({ type: TYPE.NON, messageId: own, token, ...answer })
  }
}

const SENML: ReadonlyMap<number, SenmlFormat> = new Map(
  SENML_FORMATS.map(([contentFormat, , format]) => [contentFormat, format]),
)

const isTelemetry = ({ code }: CoapMessage, request: CoapRequest | number): request is CoapRequest =>
  code === CODE.POST &&
  typeof request !== 'number' &&
  request.path.join('/') === telemetryMessage.posts.join('/')

const reset = (messageId: number): Buffer => emptyMessage(TYPE.RST, messageId)
