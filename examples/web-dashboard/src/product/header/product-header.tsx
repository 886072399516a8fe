import { AddToCart } from '../../cart/add-to-cart.tsx'
import { LiveProduct, type ProductHeaderFragment } from '../../gen/operations.ts'
import type { MissingPart } from '../../graph/operation.ts'
import { LiveMark } from '../../live/live-mark.tsx'
import { useLive } from '../../live/use-live.ts'
import { Price } from '../../ui/price.tsx'
import { Gallery } from './gallery.tsx'
import { Specifications } from './specifications.tsx'
import { Stock } from './stock.tsx'

type Props = {
  product: ProductHeaderFragment
  whyNoStock: MissingPart | undefined
  onRetry: () => void
}

export function ProductHeader({ product, whyNoStock, onRetry }: Props) {
  const { data, state } = useLive(LiveProduct, { id: product.id })
  const live = data?.stockChanged
  return (
    <article className="product-header">
      <Gallery key={product.id} images={product.images} name={product.name} />
      <div className="product-facts">
        <p className="eyebrow">
          {product.brand} · {product.category.name}
        </p>
        <h1>{product.name}</h1>
        <p className="big-price">
          <Price price={live?.price ?? product.price} />
        </p>
        <Stock stock={live?.stock ?? product.stock} why={whyNoStock} onRetry={onRetry} />
        <LiveMark state={state} />
        <AddToCart key={product.sku} sku={product.sku} name={product.name} />
        <p className="description">{product.description}</p>
        <Specifications specifications={product.specifications} />
      </div>
    </article>
  )
}
