import { Link } from '@tanstack/react-router'
import type { DashboardQuery } from '../gen/operations.ts'
import type { MissingPart } from '../graph/operation.ts'
import { Degraded } from '../ui/degraded.tsx'
import { Empty } from '../ui/empty.tsx'
import { Picture } from '../ui/picture.tsx'

type Cart = NonNullable<DashboardQuery['viewer']>['cart']
type Props = { cart: Cart; why: MissingPart | undefined; onRetry: () => void }

const SHOWN = 4

export const CartSummary = ({ cart, why, onRetry }: Props) => (
  <section className="panel">
    <h2>Your cart</h2>
    {cart === null && <Degraded what="Your cart" why={why} onRetry={onRetry} />}
    {cart?.lines.length === 0 && <Empty title="It is empty." />}
    {cart && cart.lines.length > 0 && (
      <>
        <ul className="thumbnails">
          {cart.lines.slice(0, SHOWN).map(({ sku, name, imageUrl, quantity }) => (
            <li key={sku}>
              <Picture url={imageUrl} alt={`${quantity} × ${name}`} size={64} />
            </li>
          ))}
          {cart.lines.length > SHOWN && <li>+{cart.lines.length - SHOWN}</li>}
        </ul>
        <p className="row">
          <strong className="price">
            {cart.quote?.total.formatted ?? 'The total is not available just now'}
          </strong>
          <Link to="/cart" className="button">
            Open the cart
          </Link>
        </p>
      </>
    )}
  </section>
)
