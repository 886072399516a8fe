import type { ProductHeaderFragment } from '../../gen/operations.ts'
import type { MissingPart } from '../../graph/operation.ts'
import { Price } from '../../ui/price.tsx'
import { Gallery } from './gallery.tsx'
import { Specifications } from './specifications.tsx'
import { Stock } from './stock.tsx'

type Props = {
  product: ProductHeaderFragment
  whyNoStock: MissingPart | undefined
  onRetry: () => void
}

export const ProductHeader = ({ product, whyNoStock, onRetry }: Props) => (
  <article className="product-header">
    <Gallery key={product.id} images={product.images} name={product.name} />
    <div className="product-facts">
      <p className="eyebrow">
        {product.brand} · {product.category.name}
      </p>
      <h1>{product.name}</h1>
      <p className="big-price">
        <Price price={product.price} />
      </p>
      <Stock stock={product.stock} why={whyNoStock} onRetry={onRetry} />
      <p className="description">{product.description}</p>
      <Specifications specifications={product.specifications} />
    </div>
  </article>
)
