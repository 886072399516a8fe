import { Link } from '@tanstack/react-router'
import { Empty } from '../../ui/empty.tsx'
import { Picture } from '../../ui/picture.tsx'
import { Price } from '../../ui/price.tsx'

type Recommended = {
  readonly id: string
  readonly name: string
  readonly imageUrl: string
  readonly price: { readonly formatted: string } | null
}

export const RecommendationCards = ({ products }: { products: readonly (Recommended | null)[] }) =>
  products.length === 0 ? (
    <Empty title="Nothing to recommend yet." />
  ) : (
    <ul className="cards">
      {products.map(
        (product) =>
          product && (
            <li key={product.id} className="card">
              <Link to="/products/$id" params={{ id: product.id }}>
                <Picture url={product.imageUrl} alt="" size={240} />
                <span className="card-name">{product.name}</span>
                <Price price={product.price} />
              </Link>
            </li>
          ),
      )}
    </ul>
  )
