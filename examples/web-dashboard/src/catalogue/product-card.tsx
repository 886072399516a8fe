import { Link } from '@tanstack/react-router'
import { AddOne } from '../cart/add-to-cart.tsx'
import type { ProductCardFragment } from '../gen/operations.ts'
import { Picture } from '../ui/picture.tsx'
import { Price } from '../ui/price.tsx'

export const ProductCard = ({
  product: { id, sku, name, brand, images, price },
}: {
  product: ProductCardFragment
}) => (
  <li className="card">
    <Link to="/products/$id" params={{ id }}>
      <Picture url={images[0]?.url} alt="" size={320} />
      <small>{brand}</small>
      <span className="card-name">{name}</span>
      <Price price={price} />
    </Link>
    <AddOne sku={sku} name={name} />
  </li>
)
