import { CODE, type CoapContent, type CoapMessage, OPTION, TYPE } from '../codecs/coap-message.ts'
import { type CoapRequest, readRequest } from '../codecs/coap-request.ts'
import type { Devices } from '../devices/registry.ts'
import type { Limits } from '../limits/limits.ts'
import type { Contexts, DeviceContext } from '../oscore/contexts.ts'
import { readOscoreOption } from '../oscore/option.ts'
import type { Failure, Opened } from '../oscore/security-context.ts'
import { type CoapAnswer, challenge, tooMany, unverified } from './coap-answers.ts'
import type { EchoProof } from './coap-echo.ts'
import { type Endpoint, endpointKey, type SendDatagram } from './coap-endpoint.ts'
import type { Exchange, Protect } from './coap-protection.ts'
import type { AnswerRequest } from './coap-requests.ts'

/** A confirmable request is repeated so often (RFC 7252 §4.8). */
const MAX_REPETITIONS = 4

/** What OSCORE needs of its own. */
export type SecuredOptions = { contexts: Contexts; devices: Devices; protect: Protect }

type Options = SecuredOptions & {
  limits: Limits
  echo: EchoProof
  answer: AnswerRequest
  /** Puts an answer into the message that a request is answered by. */
  reply: (message: CoapMessage, peer: Endpoint, answer: CoapAnswer) => Buffer
  send: SendDatagram
}

/** Answers a request with the OSCORE option (RFC 8613 §8.2); `undefined` when there is no answer, or one later. */
export type SecuredHandler = (message: CoapMessage, peer: Endpoint, datagram: Buffer) => Buffer | undefined

type Verified = Opened & { readonly context: DeviceContext }

export function createSecuredHandler(options: Options): SecuredHandler {
  const { contexts, devices, limits, echo, answer, protect, reply, send } = options

  return (message, peer, datagram) => {
    const key = endpointKey(peer)
    const outside = readRequest({ options: message.options.filter(({ number }) => !isInner(number)) })
    const option = readOscoreOption(optionOf(message, OPTION.OSCORE) ?? NOT_AN_OPTION)
    if (typeof outside === 'number') return unprotected(outside)
    if (option?.piv === undefined || option.kid === undefined) return unprotected(CODE.BAD_OPTION)
    const candidates = option.kidContext ? [] : contexts.find(option.kid).filter(({ isValid }) => isValid)
    const repeated = candidates.find(({ last }) => last?.key === key && last.datagram.equals(datagram))
    if (repeated) return again(repeated)
    const verified = open(candidates, option.piv, message.payload)
    if (typeof verified === 'string') return unprotected(CODES[verified])
    return respond(verified)

    /** What cannot be verified is told so, as long as its address has not done so too often. */
    function unprotected(code: number): Buffer | undefined {
      return limits.badKey(peer.address) > 0 ? undefined : reply(message, peer, unverified(code))
    }

    function respond({ content, context, piv, isFresh }: Verified): Buffer | undefined {
      const request = readRequest(content)
      const exchange = { context, piv }
      const given = typeof request === 'number' ? undefined : request.echo
      const proofAgeMs = given && echo.ageMs(peer, given)
      if (!isFresh && proofAgeMs === undefined) return askWhetherFresh(exchange)
      context.startWindow(piv)
      // Only now: a request that was recorded somewhere must not be counted against its device.
      const device = devices.byId(context.deviceId)
      const waitS = device ? limits.device(device.id) : 0
      if (waitS > 0) return remember(context, seal(tooMany(waitS), exchange))
      // The request that starts the window may have been answered before by a context that was taken out.
      const nonce = isFresh ? 'request' : 'own'
      const { token } = message
      const asked = { ...content, token, request: withOuterObserve(request, message) }
      const answered = answer(asked, { peer, device, proofAgeMs, exchange })
      if (!(answered instanceof Promise)) return remember(context, seal(answered, exchange, nonce))
      remember(context, undefined)
      void answered.then((later) => {
        const sealed = seal(later, exchange, nonce)
        if (context.last?.datagram.equals(datagram)) context.last.answer = sealed
        if (sealed) send(sealed, peer)
      })
      return undefined
    }

    /** What this process has not seen may be a repetition of what another one saw (appendix B.1.2). */
    function askWhetherFresh(exchange: Exchange): Buffer | undefined {
      if (limits.unproven(peer.address) > 0) return undefined
      return seal(challenge(echo.challenge(peer)), exchange, 'own')
    }

    function seal(answered: CoapAnswer, exchange: Exchange, nonce: 'request' | 'own' = 'request') {
      const sealed = protect(answered, exchange, nonce)
      return sealed && reply(message, peer, sealed)
    }

    /** A client that heard no answer sends its datagram again, which OSCORE alone would take for a replay. */
    function remember(context: DeviceContext, sealed: Buffer | undefined): Buffer | undefined {
      if (message.type === TYPE.CON)
        context.last = { datagram: Buffer.from(datagram), key, answer: sealed, repetitions: 0 }
      return sealed
    }
  }
}

function open(
  candidates: readonly DeviceContext[],
  piv: Buffer,
  ciphertext: Buffer,
): Verified | Failure | 'unknown' {
  let failure: Failure | 'unknown' = 'unknown'
  for (const context of candidates) {
    const opened = context.openRequest(piv, ciphertext)
    if (typeof opened !== 'string') return { ...opened, context }
    failure = opened
  }
  return failure
}

function again({ last }: DeviceContext): Buffer | undefined {
  return last && last.repetitions++ < MAX_REPETITIONS ? last.answer : undefined
}

const CODES: Record<Failure | 'unknown', number> = {
  unknown: CODE.UNAUTHORIZED,
  replay: CODE.UNAUTHORIZED,
  decryption: CODE.BAD_REQUEST,
}

const NOT_AN_OPTION = Buffer.from([0])

const optionOf = ({ options }: Pick<CoapContent, 'options'>, number: number): Buffer | undefined =>
  options.find((option) => option.number === number)?.value

/** Whether a request is protected. */
export const isSecured = (message: CoapMessage): boolean => optionOf(message, OPTION.OSCORE) !== undefined

const isInner = (number: number): boolean => number === OPTION.OSCORE || number === OPTION.OBSERVE

/** A proxy on the way that does not observe has taken the outer option off: then nothing is observed (§4.1.3.5.1). */
function withOuterObserve(request: CoapRequest | number, message: CoapMessage): CoapRequest | number {
  if (typeof request === 'number' || request.observe === undefined) return request
  return optionOf(message, OPTION.OBSERVE) === undefined ? { ...request, observe: undefined } : request
}
