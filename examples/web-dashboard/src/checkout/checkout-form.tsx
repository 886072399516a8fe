import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { Totals } from '../cart/totals.tsx'
import type { CartContentsFragment, CheckoutInput, CheckoutPageQuery } from '../gen/operations.ts'
import { Picture } from '../ui/picture.tsx'
import { Delivery } from './delivery.tsx'
import { PaymentMethod, USUAL_METHOD } from './payment-method.tsx'
import { Refused } from './refused.tsx'
import type { Placing } from './use-place-order.ts'

type Props = {
  cart: CartContentsFragment
  name: string | null
  addresses: NonNullable<CheckoutPageQuery['viewer']['addresses']>
  placing: Placing
  onPlace: (input: CheckoutInput) => void
  onRetry: () => void
}

/** What is about to be ordered, as the customer sees it: nothing else is. */
export function CheckoutForm({ cart, name, addresses, placing, onPlace, onRetry }: Props) {
  const [paymentMethod, setPaymentMethod] = useState(USUAL_METHOD)
  const { quote, version, lines, destination } = cart
  function submit(event: FormEvent): void {
    event.preventDefault()
    if (!quote) return
    const { amount, currency } = quote.total
    onPlace({
      idempotencyKey: crypto.randomUUID(),
      cartVersion: version,
      total: { amount, currency },
      paymentMethod,
    })
  }
  return (
    <form className="cart" onSubmit={submit}>
      <div className="checkout-parts">
        {(placing.state === 'refused' || placing.state === 'failed') && <Refused placing={placing} />}
        <Delivery destination={destination} addresses={addresses} name={name} />
        <PaymentMethod value={paymentMethod} onChange={setPaymentMethod} />
        <section className="panel">
          <p className="row">
            <strong>What you order</strong>
            <Link to="/cart">Change the cart</Link>
          </p>
          <ul className="checkout-lines">
            {lines.map(({ sku, name, imageUrl, quantity, total }) => (
              <li key={sku}>
                <Picture url={imageUrl} alt="" size={48} />
                <span>
                  {quantity} × {name}
                </span>
                <span className="price">{total?.formatted ?? '–'}</span>
              </li>
            ))}
          </ul>
        </section>
      </div>
      <Totals quote={quote} onRetry={onRetry}>
        <button type="submit" className="button primary wide" disabled={!quote}>
          {quote ? `Order for ${quote.total.formatted}` : 'Order'}
        </button>
      </Totals>
    </form>
  )
}
