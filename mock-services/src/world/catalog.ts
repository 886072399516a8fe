import type { EventLog } from '../events.ts'
import { type Product, type ProductHead, product, productHead, productHeads } from '../seed/products.ts'
import { lazily } from '../seed/reference.ts'

type Change = { name?: string | undefined; active?: boolean | undefined }

const fullProduct = lazily(product)

/** The assortment: the seed's, with the names that were changed since. */
export function createCatalog(events: EventLog) {
  const changed = new Map<string, Product>()
  const full = (head: ProductHead): Product => changed.get(head.id) ?? fullProduct(head)

  const searchable = lazily((head: ProductHead) =>
    [head.name, head.sku, head.category.name, head.material, head.colour].join(' ').toLowerCase(),
  )

  return {
    full,
    byId(id: string): Product | undefined {
      const head = id.startsWith('p') ? productHead(id) : undefined
      return head && full(head)
    },
    inCategory: (categoryId: string | null): readonly ProductHead[] =>
      categoryId === null
        ? productHeads('all')
        : productHeads('all').filter(({ category }) => category.id === categoryId),
    /** Products that have every word of the query, those with all of them in the name first. */
    search(query: string): ProductHead[] {
      const words = query.toLowerCase().split(/\s+/).filter(Boolean)
      if (words.length === 0) return []
      const found = productHeads('all').filter((head) =>
        words.every((word) => searchable(head).includes(word)),
      )
      const inName = (head: ProductHead) => words.every((word) => head.name.toLowerCase().includes(word))
      return [...found.filter(inName), ...found.filter((head) => !inName(head))]
    },
    /** `false` when there is no such product. */
    change(id: string, { name, active }: Change): boolean {
      const before = this.byId(id)
      if (!before) return false
      const after = { ...before, updatedAt: new Date().toISOString() }
      if (name !== undefined) after.name = name
      if (active !== undefined) after.active = active
      changed.set(id, after)
      events.publish('product', { id, sku: after.sku, name: after.name, active: after.active })
      return true
    },
  }
}
