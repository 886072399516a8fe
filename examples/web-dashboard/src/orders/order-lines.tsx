import type { OrderDetailQuery } from '../gen/operations.ts'
import { LineName } from '../ui/line-name.tsx'
import { Picture } from '../ui/picture.tsx'
import '../cart/cart.css'

type Lines = NonNullable<NonNullable<OrderDetailQuery['viewer']>['order']>['lines']

export const OrderLines = ({ lines, total }: { lines: Lines; total: string }) => (
  <section className="panel">
    <h2>What was ordered</h2>
    <ul>
      {lines.map((line) => (
        <li key={line.sku} className="cart-line">
          <Picture url={line.imageUrl} alt="" size={88} />
          <LineName line={line} />
          <span>
            {line.quantity} × {line.unitPrice.formatted}
          </span>
          <strong className="price">{line.total.formatted}</strong>
        </li>
      ))}
    </ul>
    <p className="row grand-total">
      <strong>Total</strong>
      <strong className="price">{total}</strong>
    </p>
  </section>
)
