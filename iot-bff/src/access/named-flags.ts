import type { Device } from '../devices/record.ts'
import { decodeNames, encodeNamedArray, encodeNamedBits } from '../messages/named-flags.ts'
import type { Representation } from '../messages/representation.ts'
import type { FlagStore } from '../stock/flag-store.ts'
import type { Refusal } from './resources.ts'

/** The flags of SKUs that a device names in a CBOR array, in its own store. */
export function namedFlagsFor(
  store: FlagStore,
  { store: shop }: Device,
  body: Buffer,
  format: 'plain' | 'cbor',
): Representation | Refusal | 'malformed' {
  const names = decodeNames(body)
  if (names === undefined) return 'malformed'
  if (!store.serving) return 'unavailable'
  const flags = names.map((sku) => store.flag(shop, sku)?.available)
  return format === 'cbor' ? encodeNamedArray(flags) : (encodeNamedBits(flags) ?? 'not_found')
}
