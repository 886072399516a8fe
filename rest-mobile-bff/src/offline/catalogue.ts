import type { Clients, Product } from '@harbor/shared-clients'
import { UpstreamError } from '@harbor/shared-runtime/errors'
import { wholeList } from '@harbor/shared-runtime/rows'
import { type OfflineProduct, offlineProduct } from '../views/offline-product.ts'

/** The catalogue as stored by an app. */
export type Catalogue = {
  readonly products: readonly OfflineProduct[]
  readonly categories: readonly { id: string; name: string }[]
}

const PAGE = 100
/** Timeout per call: one slow page must not discard all the others. */
const PATIENTLY = { timeoutMs: 5_000 }
/** A shop with more products needs another way to work offline than a full copy on the phone. */
const MAX_PAGES = 200

/**
 * Reads all products on sale in their current state: one call per page of a hundred products, and one for its prices.
 * @throws {UpstreamError}
 * @throws {RangeError} for more than 20,000 products
 */
export async function readCatalogue({
  catalog,
  pricing,
}: {
  catalog: Pick<Clients['catalog'], 'listNow'>
  pricing: Pick<Clients['pricing'], 'pricesNow'>
}): Promise<Catalogue> {
  const products = new Map<string, OfflineProduct>()
  const categories = new Map<string, string>()
  let cursor: string | undefined
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const page = await catalog.listNow({ cursor, limit: PAGE }, PATIENTLY).catch((error: unknown) => {
      // The product of the cursor is gone. Data read so far is still right, so the list is read again from its start.
      if (cursor === undefined || !(error instanceof UpstreamError) || error.code !== 'rejected') throw error
    })
    if (page === undefined) {
      cursor = undefined
      continue
    }
    const sold = wholeList(page).items.filter(isSold)
    const prices = await pricing.pricesNow(
      sold.map(({ sku }) => sku),
      PATIENTLY,
    )
    for (const product of sold) {
      products.set(product.id, offlineProduct(product, prices))
      categories.set(product.categoryId, product.categoryName)
    }
    if (page.nextCursor === null)
      return {
        products: [...products.values()],
        categories: [...categories].map(([id, name]) => ({ id, name })),
      }
    cursor = page.nextCursor
  }
  throw new RangeError(
    `the catalogue has more than ${MAX_PAGES * PAGE} products, or changes faster than it is read`,
  )
}

export const isSold = ({ active }: Product): boolean => active
