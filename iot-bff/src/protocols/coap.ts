import {
  CODE,
  type CoapMessage,
  emptyMessage,
  encodeMessage,
  parseMessage,
  TYPE,
} from '../codecs/coap-message.ts'
import { type CoapRequest, readRequest } from '../codecs/coap-request.ts'
import type { Device } from '../devices/record.ts'
import type { FlagStore } from '../flag-store.ts'
import type { Limits } from '../limits/limits.ts'
import { isRefusal, type Resources } from '../resources.ts'
import {
  bare,
  type CoapAnswer,
  challenge,
  content,
  formatFor,
  LINKS_ANSWER,
  refused,
  tooMany,
} from './coap-answers.ts'
import type { EchoProof } from './coap-echo.ts'
import type { Endpoint, MessageIds } from './coap-endpoint.ts'
import type { Observations } from './coap-observe.ts'

/** What an address that has proved nothing may be sent, measured in bytes of its request. */
const MAX_AMPLIFICATION = 3
const METHOD_CLASS = 0

type Options = {
  store: FlagStore
  resources: Resources
  observations: Observations
  echo: EchoProof
  limits: Limits
  /** Whom peers without a security context are taken for; nobody once that device is no longer served. */
  plainDevice: () => Device | undefined
  messageIds: MessageIds
}

/** Answers one datagram; `undefined` when there is nothing to be said. */
export type CoapHandler = (datagram: Buffer, peer: Endpoint) => Buffer | undefined

/**
 * The device contract over CoAP (RFC 7252, 7641). A GET leaves nothing behind, so a repeated one is answered
 * again; only an observation is kept, for a peer that has proved its address by Echo.
 */
export function createCoapHandler(options: Options): CoapHandler {
  const { store, resources, observations, echo, limits, plainDevice, messageIds } = options

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

  function answer(message: CoapMessage, peer: Endpoint, requestBytes: number): Buffer {
    const waitS = limits.peer(peer.address)
    if (waitS > 0) return reply(message, tooMany(waitS))
    const request = readRequest(message)
    if (typeof request === 'number')
      return message.type === TYPE.CON ? reply(message, bare(request)) : reset(message.messageId)
    if (message.code !== CODE.GET) return reply(message, bare(CODE.METHOD_NOT_ALLOWED))
    const response = reply(message, get(request, message.token, peer))
    if (response.length <= MAX_AMPLIFICATION * requestBytes || echo.isFresh(peer, request.echo))
      return response
    return reply(message, challenge(echo.challenge(peer)))
  }

  function get(request: CoapRequest, token: Buffer, peer: Endpoint): CoapAnswer {
    const device = plainDevice()
    if (device === undefined) return bare(CODE.UNAUTHORIZED)
    if (request.observe === 'deregister') observations.deregister(peer, token)
    const found = resources(device, request.path)
    if (found === 'links') return LINKS_ANSWER
    if (isRefusal(found)) return refused(found)
    const format = formatFor(found, request.accept)
    if (format === undefined) return bare(CODE.NOT_ACCEPTABLE)
    const state = found.answers?.[format]
    if (state === undefined) return refused('not_found')
    if (request.observe === 'register' && !hasProof(request, token, peer))
      return challenge(echo.challenge(peer))
    const sequence =
      request.observe === 'register'
        ? observations.register(peer, { device: device.id, token, resource: found, accept: request.accept })
        : undefined
    const held = request.etags.some((etag) => etag.equals(state.etag))
    return content(state, request.accept, store.maxAgeS(), { held, sequence })
  }

  /** To renew an observation needs no proof: it was given, and nothing more is sent than before. */
  function hasProof(request: CoapRequest, token: Buffer, peer: Endpoint): boolean {
    return echo.isFresh(peer, request.echo) || observations.has(peer, token)
  }

  function reply({ type, messageId, token }: CoapMessage, answer: CoapAnswer): Buffer {
    return type === TYPE.CON
      ? encodeMessage({ type: TYPE.ACK, messageId, token, ...answer })
      : encodeMessage({ type: TYPE.NON, messageId: messageIds(), token, ...answer })
  }
}

const reset = (messageId: number): Buffer => emptyMessage(TYPE.RST, messageId)
