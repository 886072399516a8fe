import { deviceEvents } from '@harbor/shared-runtime/telemetry/devices'
import { namedFlagsFor } from '../access/named-flags.ts'
import { isRefusal, type Resources } from '../access/resources.ts'
import { CODE, type CoapContent } from '../codecs/coap-message.ts'
import type { CoapRequest } from '../codecs/coap-request.ts'
import { CONTENT_FORMAT } from '../codecs/content-format.ts'
import type { SenmlFormat } from '../codecs/senml.ts'
import type { Device } from '../devices/record.ts'
import { SENML_FORMATS } from '../messages/define-message.ts'
import { namedFlags } from '../messages/named-flags.ts'
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
  unauthorized,
} from './coap-answers.ts'
import type { EchoProof } from './coap-echo.ts'
import type { Endpoint } from './coap-endpoint.ts'
import type { Observations } from './coap-observe.ts'
import type { Exchange } from './coap-protection.ts'
import { tellCoap } from './tell-message.ts'

type Options = {
  store: FlagStore
  resources: Resources
  observations: Observations
  echo: EchoProof
  telemetry: TelemetryIntake
}

/** Who asks. */
type Sender = {
  readonly peer: Endpoint
  /** None when there is no such device any more. */
  readonly device: Device | undefined
  /** Milliseconds since the Echo challenge that this request answers; none for a request without a proof of its own. */
  readonly proofAgeMs: number | undefined
  /** The exchange under OSCORE that it belongs to; none for plain CoAP. */
  readonly exchange: Exchange | undefined
}

/** A request as it was read, or the code with which it is refused. */
type Asked = CoapContent & { readonly token: Buffer; readonly request: CoapRequest | number }

/** Answers requests of the device contract, the same under OSCORE and without it; telemetry later than the rest. */
export type AnswerRequest = (asked: Asked, sender: Sender) => CoapAnswer | Promise<CoapAnswer>

export function createRequests({ store, resources, observations, echo, telemetry }: Options): AnswerRequest {
  return (asked, sender) => {
    const answered = answer(asked, sender)
    if (!deviceEvents.message.hasSubscribers) return answered
    if (answered instanceof Promise) return answered.then((later) => told(asked.request, later))
    return told(asked.request, answered)
  }

  function answer(asked: Asked, sender: Sender): CoapAnswer | Promise<CoapAnswer> {
    const { code, request } = asked
    if (typeof request === 'number') return bare(request)
    if (code === CODE.POST && request.path.join('/') === telemetryMessage.posts.join('/'))
      return submit(asked.payload, request, sender)
    if (code === CODE.FETCH && request.path.join('/') === namedFlags.posts.join('/'))
      return fetchFlags(asked.payload, request, sender)
    if (code !== CODE.GET) return bare(CODE.METHOD_NOT_ALLOWED)
    return get(request, asked.token, sender)
  }

  async function submit(payload: Buffer, { contentFormat }: CoapRequest, { device }: Sender) {
    const format = contentFormat === undefined ? undefined : SENML.get(contentFormat)
    if (device === undefined) return unauthorized
    if (format === undefined) return bare(CODE.UNSUPPORTED_CONTENT_FORMAT)
    return receiptOf(await telemetry(device, payload, format))
  }

  /** SKUs are named in CBOR, also where the request does not say so. */
  function fetchFlags(payload: Buffer, request: CoapRequest, { device }: Sender): CoapAnswer {
    const { accept, contentFormat = CONTENT_FORMAT.CBOR } = request
    if (device === undefined) return unauthorized
    if (contentFormat !== CONTENT_FORMAT.CBOR) return bare(CODE.UNSUPPORTED_CONTENT_FORMAT)
    const format = formatNamed(accept)
    if (format === undefined) return bare(CODE.NOT_ACCEPTABLE)
    const found = namedFlagsFor(store, device, payload, format)
    if (found === 'malformed') return bare(CODE.BAD_REQUEST)
    if (typeof found === 'string') return refused(found)
    const held = request.etags.some((etag) => etag.equals(found.etag))
    return content(found, request, store.maxAgeS(), { held, sequence: undefined })
  }

  function get(request: CoapRequest, token: Buffer, sender: Sender): CoapAnswer {
    const { device, peer, proofAgeMs, exchange } = sender
    if (device === undefined) return unauthorized
    if (request.observe === 'deregister') observations.deregister(peer, token, exchange)
    const found = resources(device, request.path)
    if (found === 'links') return links(request)
    if (isRefusal(found)) return refused(found)
    const { accept, block } = request
    const format = formatFor(found, accept)
    if (format === undefined) return bare(CODE.NOT_ACCEPTABLE)
    const state = found.answers?.[format]
    if (state === undefined) return refused('not_found')
    // A later block is a part of a state, not a new registration (RFC 7959 §3.4).
    const registers = request.observe === 'register' && (block?.number ?? 0) === 0
    if (registers && !mayRegister(sender, token)) return challenge(echo.challenge(peer))
    const interest = { device: device.id, token, resource: found, accept, block, exchange }
    const sequence = registers ? observations.register(peer, interest, proofAgeMs) : undefined
    const held = request.etags.some((etag) => etag.equals(state.etag))
    return content(state, request, store.maxAgeS(), { held, sequence })
  }

  /** To renew an observation needs no proof: nothing more is sent than before. Nor does a request that was verified. */
  function mayRegister({ peer, proofAgeMs, exchange }: Sender, token: Buffer): boolean {
    return proofAgeMs !== undefined || exchange !== undefined || observations.has(peer, token)
  }
}

function told(request: CoapRequest | number, answer: CoapAnswer): CoapAnswer {
  tellCoap(request, answer.code)
  return answer
}
const formatNamed = (accept: number = CONTENT_FORMAT.OCTETS): 'plain' | 'cbor' | undefined =>
  accept === CONTENT_FORMAT.OCTETS ? 'plain' : accept === CONTENT_FORMAT.CBOR ? 'cbor' : undefined

const SENML: ReadonlyMap<number, SenmlFormat> = new Map(
  SENML_FORMATS.map(([contentFormat, , format]) => [contentFormat, format]),
)
