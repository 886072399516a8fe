import type { Price, Product } from '@harbor/shared-clients'
import { z } from 'zod'
import type { Format } from '../format/index.ts'
import { Money } from '../format/money.ts'
import { Thumbnail } from '../format/thumbnail.ts'

/** Fields of a product in every list and page of the app: name, price, picture. */
export const ProductCard = z.object({
  id: z.string(),
  name: z.string(),
  price: Money.nullable().describe('null: not known now, or not for sale'),
  image: Thumbnail.nullable(),
})

/** @param prices by SKU; null when pricing did not answer */
export const productCard = (
  product: Product,
  prices: ReadonlyMap<string, Price> | null,
  format: Format,
): z.input<typeof ProductCard> => {
  const price = prices?.get(product.sku)
  const image = product.images[0]
  return {
    id: product.id,
    name: product.name,
    price: price ? format.money({ amountMinor: price.saleMinor, currency: price.currency }) : null,
    image: image ? format.thumbnail(image.url, 160) : null,
  }
}
