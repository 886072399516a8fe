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
import type { Limits } from '../limits/limits.ts'
import { type CoapAnswer, challenge, tooMany } from './coap-answers.ts'
import type { EchoProof } from './coap-echo.ts'
import { type Endpoint, endpointKey, type MessageIds, type SendDatagram } from './coap-endpoint.ts'
import type { Observations } from './coap-observe.ts'
import { createSecuredHandler, isSecured, type SecuredOptions } from './coap-oscore.ts'
import { ProvenEndpoints } from './coap-proven.ts'
import type { AnswerRequest } from './coap-requests.ts'
import { tellCoap } from './tell-message.ts'

/** What an address that has proved nothing may be sent, as a multiple of the bytes of its request. */
const MAX_AMPLIFICATION = 3
const METHOD_CLASS = 0

type Options = {
  observations: Observations
  echo: EchoProof
  limits: Limits
  answer: AnswerRequest
  /** The device that peers without a security context are taken for; none once it is no longer served. */
  plainDevice: () => Device | undefined
  /** For requests under OSCORE; without it they are refused as any with a critical option that is not known. */
  oscore: SecuredOptions | undefined
  messageIds: MessageIds
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
 * The device contract over CoAP (RFC 7252, 7641, 7959), plain or under OSCORE (RFC 8613). A GET leaves no state, so
 * a repeated one is answered again; only observations are stored, for peers that have proved their address by Echo.
 */
export function createCoapHandler(options: Options): CoapHandler {
  const { observations, echo, limits, answer, plainDevice, oscore, messageIds, send } = options
  const proven = new ProvenEndpoints()
  const answerSecured = oscore && createSecuredHandler({ ...oscore, limits, echo, answer, reply, send })

  return (datagram, peer) => {
    const message = parseMessage(datagram)
    if (message === undefined) return undefined
    if ('malformed' in message) return message.type === TYPE.CON ? reset(message.messageId) : undefined
    if (message.type === TYPE.ACK) return void observations.acknowledged(peer, message.messageId)
    if (message.type === TYPE.RST) return void observations.reset(peer, message.messageId)
    // A ping, or a response to something that was never asked.
    if (message.code === CODE.EMPTY || message.code >> 5 !== METHOD_CLASS)
      return message.type === TYPE.CON ? reset(message.messageId) : undefined
    if (answerSecured && isSecured(message)) return answerSecured(message, peer, datagram)
    return answerPlain(message, peer, datagram.length)
  }

  function answerPlain(message: CoapMessage, peer: Endpoint, requestBytes: number): Buffer | undefined {
    const request = readRequest(message)
    const sender = identify(peer, typeof request === 'number' ? undefined : request.echo)
    const isAllowed = ({ length }: Buffer) =>
      sender.proofAgeMs !== undefined || length <= MAX_AMPLIFICATION * requestBytes
    const waitS = take(sender)
    if (waitS > 0) {
      tellCoap(request, CODE.TOO_MANY_REQUESTS)
      const refusal = reply(message, peer, overLimit(waitS, sender, request))
      return isAllowed(refusal) ? refusal : reply(message, peer, tooMany(waitS))
    }
    if (request === CODE.BAD_OPTION && message.type !== TYPE.CON) return reset(message.messageId)
    const { proofAgeMs } = sender
    const asker = { peer, device: plainDevice(), proofAgeMs, exchange: undefined }
    const answered = answer({ ...message, request }, asker)
    if (answered instanceof Promise) {
      void answered.then((later) => send(reply(message, peer, later), peer))
      return undefined
    }
    const response = reply(message, peer, answered)
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

  function reply({ type, messageId, token }: CoapMessage, peer: Endpoint, answer: CoapAnswer): Buffer {
    if (type === TYPE.CON) return encodeMessage({ type: TYPE.ACK, messageId, token, ...answer })
    const own = observations.messageId(peer) ?? messageIds.replyTo(peer, messageId)
    return encodeMessage({ type: TYPE.NON, messageId: own, token, ...answer })
  }
}

const reset = (messageId: number): Buffer => emptyMessage(TYPE.RST, messageId)
