import {
  entityTags,
  PRODUCT_LISTS,
  type Price,
  type ProductPage as UpstreamPage,
} from '@harbor/shared-clients'
import { z } from 'zod'
import type { Format } from '../format/index.ts'
import { ProductCard, productCard } from './product-card.ts'

/** A page of products, and the cursor of the next one. */
export const ProductPage = z.object({ items: z.array(ProductCard), nextCursor: z.string().nullable() })

/** The sources of a page of products. */
type Sources = { page: UpstreamPage; pricing: ReadonlyMap<string, Price> | null }

export const productPage = ({ page, pricing }: Sources, format: Format): z.input<typeof ProductPage> => ({
  items: page.items.map((product) => productCard(product, pricing, format)),
  nextCursor: page.nextCursor,
})

export const productPageTags = ({ page }: Sources): string[] => [
  PRODUCT_LISTS,
  ...entityTags({ price: page.items.map(({ sku }) => sku) }),
]
