import { CONTENT_FORMAT } from '../codecs/content-format.ts'
import { encodeLinks } from '../codecs/link-format.ts'
import type { Device } from '../devices/record.ts'
import type { Access, ReadMessage } from '../messages/define-message.ts'
import { READ_MESSAGES } from '../messages/index.ts'
import { telemetry } from '../messages/telemetry.ts'
import type { FlagStore, Resource } from '../stock/flag-store.ts'

/** Why there is no answer; each protocol has a code of its own for it. */
export type Refusal = 'not_found' | 'forbidden' | 'unavailable'

/** What a device may read under a path, given in its segments; `links` is the list of all resources. */
export type Resources = (device: Device, path: readonly string[]) => Resource | 'links' | Refusal

type Rule = {
  /** The segments of its path; `{…}` stands for any one. */
  readonly path: readonly string[]
  readonly access: Access
  /** The message that it carries; none for the list of resources. */
  readonly message?: ReadMessage
  readonly shownAs?: string
}

/** Seconds after which a device that was told `unavailable` may ask again. */
export const RETRY_AFTER_S = 60

/** The resources of the device contract, for HTTP and CoAP. What is not here is not found, by any device. */
export const RESOURCES: readonly Rule[] = [
  { path: ['.well-known', 'core'], access: 'any-device' },
  ...Object.values(READ_MESSAGES).flatMap((message) => message.reads.map((rule) => ({ ...rule, message }))),
]

/** What `/.well-known/core` answers, to any device the same. */
export const LINKS = encodeLinks(
  RESOURCES.flatMap(({ shownAs, message }) => {
    if (shownAs === undefined || message === undefined) return []
    const formats = [message.plain.contentFormat, CONTENT_FORMAT.CBOR, CONTENT_FORMAT.SENML_CBOR]
    return [{ path: shownAs, formats, observable: true }]
  }),
)

/** Finds what a device may read: an access rule looks among the device's own, so there is no way to another's. */
export function createResources(store: FlagStore): Resources {
  const find: Record<Access, (device: Device, name: string | undefined) => Resource | 'links' | Refusal> = {
    'any-device': () => 'links',
    'own-store': ({ store: shop }, sku = '') => {
      // Before the stock is known every SKU is unknown: that does not say that there is none of the name.
      if (!store.serving) return 'unavailable'
      return store.flag(shop, sku) ?? 'not_found'
    },
    'own-list': ({ id, list }, name = list) => {
      const bitmap = store.bitmap(id, name)
      // The same for a list that another device has and for one that nobody has.
      if (bitmap === undefined) return 'forbidden'
      if (!store.serving) return 'unavailable'
      return bitmap.answers === undefined ? 'not_found' : bitmap
    },
  }
  return (device, path) => {
    const rule = RESOURCES.find(({ path: pattern }) => matches(pattern, path))
    return rule === undefined ? 'not_found' : find[rule.access](device, path[1])
  }
}

/** The name of the message at a path, for metrics: `flag`, `links`; `none` where there is none. */
export function messageAt(path: readonly string[]): string {
  if (path.join('/') === TELEMETRY) return telemetry.kind
  const rule = RESOURCES.find(({ path: pattern }) => matches(pattern, path))
  return rule === undefined ? 'none' : (rule.message?.kind ?? 'links')
}

const TELEMETRY = telemetry.posts.join('/')

/** Whether there is no answer. */
export const isRefusal = (found: Resource | 'links' | Refusal): found is Refusal =>
  found === 'not_found' || found === 'forbidden' || found === 'unavailable'

const matches = (pattern: readonly string[], path: readonly string[]): boolean =>
  pattern.length === path.length &&
  pattern.every((segment, index) => segment === path[index] || segment.startsWith('{'))
