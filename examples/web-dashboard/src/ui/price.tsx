export type PriceShown = {
  readonly formatted: string
  readonly discountBasisPoints?: number
  readonly list?: { readonly formatted: string }
}

/** What it costs now; the price before where there is a discount. */
export function Price({ price }: { price: PriceShown | null }) {
  if (!price) return <span className="price missing">Price not available just now</span>
  const { formatted, list, discountBasisPoints = 0 } = price
  return (
    <span className="price">
      {formatted}
      {discountBasisPoints > 0 && <span className="saving">−{Math.round(discountBasisPoints / 100)} %</span>}
      {discountBasisPoints > 0 && list && <s>{list.formatted}</s>}
    </span>
  )
}
