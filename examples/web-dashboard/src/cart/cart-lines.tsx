import type { CartQuery } from '../gen/operations.ts'
import { LineName } from '../ui/line-name.tsx'
import { Picture } from '../ui/picture.tsx'

export type Lines = NonNullable<NonNullable<CartQuery['viewer']>['cart']>['lines']

export const CartLines = ({ lines }: { lines: Lines }) => (
  <ul className="cart-lines panel">
    {lines.map((line) => (
      <li key={line.sku} className="cart-line">
        <Picture url={line.imageUrl} alt="" size={88} />
        <LineName line={line} />
        <span>{line.quantity} ×</span>
        <strong className="price">{line.total?.formatted ?? '–'}</strong>
      </li>
    ))}
  </ul>
)
