import { CONTENT_FORMAT } from '../codecs/content-format.ts'
import type { SenmlFormat } from '../codecs/senml.ts'

/** Whose a resource has to be for a device to read it. */
export type Access = 'any-device' | 'own-store' | 'own-list'

/** A path that devices read, in HTTP and CoAP the same. */
type ReadRule = {
  /** Its segments; `{…}` stands for any one. */
  readonly path: readonly string[]
  readonly access: Access
  /** The path under which `/.well-known/core` shows it; not shown without one. */
  readonly shownAs?: string
}

type TopicRule = {
  readonly action: 'subscribe' | 'publish'
  /** `{store}` and `{device}` stand for the device's own. */
  readonly topic: string
  /** Whether it stands for all topics, and filters, that continue it. */
  readonly below: boolean
}

/** How the shortest form is named; CBOR and SenML-CBOR are the same for all messages. */
type Plain = { readonly contentFormat: number; readonly mediaType: string }

/** What the protocols know of a message that devices read. */
export type ReadMessage = {
  readonly kind: string
  readonly reads: readonly ReadRule[]
  readonly plain: Plain
  readonly topics: readonly TopicRule[]
}

/** What the protocols know of a message that devices send. */
type SentMessage = {
  readonly kind: string
  /** Where it is posted to. */
  readonly posts: readonly string[]
  readonly topics: readonly TopicRule[]
}

export type Message = ReadMessage | SentMessage

/** Declares a message: what it is, who may have it, and how each protocol names it. No protocol is in it. */
export const defineMessage = <const M extends Message>(message: M): M => message

/** Formats in which packs are posted, by content format and by media type. */
export const SENML_FORMATS: readonly (readonly [number, string, SenmlFormat])[] = [
  [CONTENT_FORMAT.SENML_JSON, 'application/senml+json', 'json'],
  [CONTENT_FORMAT.SENML_CBOR, 'application/senml+cbor', 'cbor'],
]
