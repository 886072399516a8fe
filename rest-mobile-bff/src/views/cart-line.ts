import type { Cart, Quote, SkuStock } from '@harbor/shared-clients'
import { z } from 'zod'
import type { Format } from '../format/index.ts'
import { Money } from '../format/money.ts'
import { Thumbnail } from '../format/thumbnail.ts'

type Line = Cart['lines'][number]

/** One line of a cart, with its current price. */
export const CartLine = z.object({
  sku: z.string(),
  name: z.string(),
  quantity: z.int(),
  unit: Money.nullable(),
  total: Money.nullable(),
  image: Thumbnail,
})

/** @param quote null when pricing did not answer */
export const cartLine = (
  { sku, name, quantity, imageUrl }: Line,
  quote: Quote | null,
  format: Format,
): z.input<typeof CartLine> => {
  const quoted = quote?.lines.find((line) => line.sku === sku)
  const money = (amountMinor: number) => format.money({ amountMinor, currency: quote?.currency ?? '' })
  return {
    sku,
    name,
    quantity,
    unit: quoted ? money(quoted.unitMinor) : null,
    total: quoted ? money(quoted.totalMinor) : null,
    image: format.thumbnail(imageUrl, 64),
  }
}

/** Whether one warehouse has enough for a line. */
export const isAvailable = ({ sku, quantity }: Line, stock: ReadonlyMap<string, SkuStock>): boolean =>
  (stock.get(sku)?.warehouses ?? []).some(({ available }) => available >= quantity)
