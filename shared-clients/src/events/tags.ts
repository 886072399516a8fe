import type { DomainEvent, EventType } from './event.ts'

/** The kind of cached entity that an event makes obsolete, by the namespace of its cache; what is not here is never kept. */
const KINDS: { readonly [T in EventType]?: string } = {
  stock: 'inventory:stock',
  price: 'pricing:price',
  product: 'catalog:product',
}

/** The tags to be purged after an event: `catalog:product:p1001`, as the cache itself names the entity. */
export const tagsOf = ({ type, key }: Pick<DomainEvent, 'type' | 'key'>): string[] => {
  const kind = KINDS[type]
  return kind === undefined ? [] : [`${kind}:${key}`]
}

/** The tags to be purged when nobody knows what was missed: every entity of these kinds. */
export const GAP_TAGS: readonly string[] = Object.values(KINDS)
