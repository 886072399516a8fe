import type { Price, Product } from '@harbor/shared-clients'
import { z } from 'zod'
import { Thumbnail, thumbnail } from '../format/thumbnail.ts'

/**
 * A product as stored by an app. The same in every language: an offline app formats amounts itself, and may change its
 * language.
 */
export const OfflineProduct = z
  .object({
    id: z.string(),
    sku: z.string(),
    name: z.string(),
    category: z.string().describe('The id of one of `categories`'),
    price: z
      .object({
        amount: z.int().describe('Minor units'),
        currency: z.string().length(3).describe('ISO 4217'),
      })
      .nullable()
      .describe('null: not for sale'),
    image: Thumbnail.nullable(),
  })
  .meta({ id: 'OfflineProduct' })
export type OfflineProduct = z.infer<typeof OfflineProduct>

export const offlineProduct = (
  { id, sku, name, categoryId, images: [image] }: Product,
  prices: ReadonlyMap<string, Price>,
): OfflineProduct => {
  const price = prices.get(sku)
  return {
    id,
    sku,
    name,
    category: categoryId,
    price: price ? { amount: price.saleMinor, currency: price.currency } : null,
    image: image ? thumbnail(image.url, 160) : null,
  }
}
