import { CONTENT_FORMAT } from './codecs/content-format.ts'
import { encodeLinks } from './codecs/link-format.ts'
import type { Device, Devices } from './devices.ts'
import type { FlagStore, Resource } from './flag-store.ts'

/** Why there is no answer; each protocol has a code of its own for it. */
export type Refusal = 'not_found' | 'forbidden' | 'unavailable'

/** What a device may read under a path, given in its segments. */
export type Resources = (device: Device, path: readonly string[]) => Resource | Refusal

/** Seconds after which a device that was told `unavailable` may ask again. */
export const RETRY_AFTER_S = 60

const { TEXT, OCTETS, CBOR, SENML_CBOR } = CONTENT_FORMAT

/** What `/.well-known/core` answers, to any device the same. */
export const LINKS = encodeLinks([
  { path: '/s', formats: [TEXT, CBOR, SENML_CBOR], observable: true },
  { path: '/b', formats: [OCTETS, CBOR, SENML_CBOR], observable: true },
])

/** Whether a path is the one of the links. */
export const isLinksPath = (path: readonly string[]): boolean =>
  path.length === 2 && path[0] === '.well-known' && path[1] === 'core'

/** The resources of the device contract: `/s/{sku}`, `/b` and `/b/{list}`. */
export function createResources(store: FlagStore, devices: Devices): Resources {
  return (device, [collection, name, ...rest]) => {
    if (rest.length > 0) return 'not_found'
    if (collection === 's' && name !== undefined) return flag(device, name)
    if (collection === 'b') return list(device, name ?? device.list)
    return 'not_found'
  }

  function flag(device: Device, sku: string): Resource | Refusal {
    // Before the stock is known every SKU is unknown: that does not say that there is none of the name.
    if (!store.serving) return 'unavailable'
    return store.flag(device.store, sku) ?? 'not_found'
  }

  function list(device: Device, name: string): Resource | Refusal {
    const bitmap = store.bitmap(device.id, name)
    if (bitmap === undefined) return devices.hasList(name) ? 'forbidden' : 'not_found'
    if (!store.serving) return 'unavailable'
    return bitmap.answers === undefined ? 'not_found' : bitmap
  }
}

/** Whether there is no answer. */
export const isRefusal = (found: Resource | Refusal): found is Refusal => typeof found === 'string'
