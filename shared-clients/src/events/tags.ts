import type { DomainEvent, EventType } from './event.ts'

/** The kind of cached entity that an event makes obsolete, by the namespace of its cache; what is not here is never kept. */
const KINDS = {
  stock: 'inventory:stock',
  price: 'pricing:price',
  product: 'catalog:product',
} as const satisfies { readonly [T in EventType]?: string }

/** The tag of every list of products: one that has changed may belong into others than before. */
export const PRODUCT_LISTS = 'catalog:list'

type Kinds = typeof KINDS
const isKept = (type: EventType): type is keyof Kinds => Object.hasOwn(KINDS, type)

/** The tags to be purged after an event: `catalog:product:p1001`, as the cache itself names the entity. */
export const tagsOf = ({ type, key }: Pick<DomainEvent, 'type' | 'key'>): string[] => [
  ...(isKept(type) ? [`${KINDS[type]}:${key}`] : []),
  ...(type === 'product' ? [PRODUCT_LISTS] : []),
]

/** The tags to be purged when nobody knows what was missed: every entity of these kinds. */
export const GAP_TAGS: readonly string[] = [...Object.values(KINDS), PRODUCT_LISTS]

/**
 * The tags of an answer that is made of these entities, by the type of the event that tells of their change: it is
 * purged with any of them, and at a gap.
 */
export const entityTags = (entities: { readonly [T in keyof Kinds]?: readonly string[] }): string[] =>
  (Object.keys(KINDS) as (keyof Kinds)[]).flatMap((type) => {
    const keys = entities[type]
    return keys === undefined ? [] : [KINDS[type], ...keys.map((key) => `${KINDS[type]}:${key}`)]
  })
