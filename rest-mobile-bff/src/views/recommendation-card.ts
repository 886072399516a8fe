import type { Recommendation } from '@harbor/shared-clients'
import { z } from 'zod'
import type { Format } from '../format/index.ts'
import { Money } from '../format/money.ts'
import { Thumbnail } from '../format/thumbnail.ts'

/** A recommended product, with the price given by the recommendations service. */
export const RecommendationCard = z.object({
  id: z.string(),
  name: z.string(),
  price: Money,
  image: Thumbnail,
})

export const recommendationCard = (
  { productId, name, price, imageUrl }: Recommendation,
  format: Format,
): z.input<typeof RecommendationCard> => ({
  id: productId,
  name,
  price: format.money(price),
  image: format.thumbnail(imageUrl, 120),
})
