import type { EventLog } from '../events.ts'
import {
  type Product,
  type ProductHead,
  product,
  productHead,
  productHeadOf,
  productHeads,
} from '../seed/products.ts'
import { COUNTS, FIRST, lazily } from '../seed/reference.ts'

type Change = { name?: string | undefined; active?: boolean | undefined }

/** More than any product's number. */
const OTHERS = 10_000_000

const fullProduct = lazily(product)

export type Catalog = ReturnType<typeof createCatalog>

/** The assortment: the seed's, with what was changed, added and removed since. */
export function createCatalog(events: EventLog) {
  const changed = new Map<string, Product>()
  const removed = new Set<string>()
  const added: ProductHead[] = []
  const full = (head: ProductHead): Product => changed.get(head.id) ?? fullProduct(head)
  const raise = ({ id, sku, name, active }: Product) => {
    events.publish('product', { id, sku, name, active })
  }

  const searchable = lazily((head: ProductHead) =>
    [head.name, head.sku, head.category.name, head.material, head.colour].join(' ').toLowerCase(),
  )

  /** The head of `p1001` or of `HB-1001`. */
  function head(idOrSku: string): ProductHead | undefined {
    const found = productHead(idOrSku) ?? added.find(({ id, sku }) => id === idOrSku || sku === idOrSku)
    return found && !removed.has(found.id) ? found : undefined
  }
  const heads = (): readonly ProductHead[] => {
    if (added.length === 0 && removed.size === 0) return productHeads('all')
    return [...productHeads('all'), ...added].filter(({ id }) => !removed.has(id))
  }
  const withPrefix = (prefix: string) => (key: string) => {
    const found = key.startsWith(prefix) ? head(key) : undefined
    return found && full(found)
  }
  const byId = withPrefix('p')

  return {
    full,
    head,
    byId,
    bySku: withPrefix('HB-'),
    inCategory: (categoryId: string | null): readonly ProductHead[] =>
      categoryId === null ? heads() : heads().filter(({ category }) => category.id === categoryId),
    /** Products that have every word of the query, those with all of them in the name first, and their rank. */
    search(query: string) {
      const words = query.toLowerCase().split(/\s+/).filter(Boolean)
      const found =
        words.length === 0
          ? []
          : heads().filter((head) => words.every((word) => searchable(head).includes(word)))
      const inName = (head: ProductHead) => words.every((word) => head.name.toLowerCase().includes(word))
      return {
        heads: [...found.filter(inName), ...found.filter((head) => !inName(head))],
        /** Grows along `heads`. */
        rankOf: (head: ProductHead) => head.number + (inName(head) ? 0 : OTHERS),
      }
    },
    /** `false` when there is no such product. */
    change(id: string, { name, active }: Change): boolean {
      const before = byId(id)
      if (!before) return false
      const after = { ...before, updatedAt: new Date().toISOString() }
      if (name !== undefined) after.name = name
      if (active !== undefined) after.active = active
      changed.set(id, after)
      raise(after)
      return true
    },
    /** One product more, the next number of the seed: listed and priced, in no warehouse and in no cart. */
    add(): Product {
      const fresh = productHeadOf(FIRST.product + COUNTS.products + added.length)
      added.push(fresh)
      raise(full(fresh))
      return full(fresh)
    },
    /** For good: its number is not given again. `false` when there is no such product. */
    remove(id: string): boolean {
      const before = byId(id)
      if (!before) return false
      removed.add(id)
      raise({ ...before, active: false })
      return true
    },
  }
}
