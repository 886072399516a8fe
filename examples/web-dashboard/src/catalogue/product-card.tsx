import { Link } from '@tanstack/react-router'
import { Picture } from '../ui/picture.tsx'
import { Price, type PriceShown } from '../ui/price.tsx'

type Product = {
  readonly id: string
  readonly name: string
  readonly brand: string
  readonly images: readonly { readonly url: string; readonly alt: string }[]
  readonly price: PriceShown | null
}

export const ProductCard = ({ product: { id, name, brand, images, price } }: { product: Product }) => (
  <li className="card">
    <Link to="/products/$id" params={{ id }}>
      <Picture url={images[0]?.url ?? ''} alt="" size={320} />
      <small>{brand}</small>
      <span className="card-name">{name}</span>
      <Price price={price} />
    </Link>
  </li>
)
