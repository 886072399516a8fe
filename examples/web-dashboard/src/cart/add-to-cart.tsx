import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { LogInLink } from '../session/log-in-link.tsx'
import { SignedIn, useSession } from '../session/signed-in.tsx'
import { CartIcon } from '../ui/icons.tsx'
import { QuantityField } from '../ui/quantity-field.tsx'
import { offer } from '../ui/toasts.ts'
import { useCartWrites } from './use-cart-writes.ts'
import './add-to-cart.css'

type Props = { sku: string; name: string }

/** Puts so many of a product into the cart of who is logged in. */
export const AddToCart = ({ sku, name }: Props) => (
  <div className="buy">
    <SignedIn forRole="customer" otherwise={<LogInToBuy />}>
      <Several sku={sku} name={name} />
    </SignedIn>
  </div>
)

/** Puts one of it into the cart; nothing for who has no cart. */
export const AddOne = ({ sku, name }: Props) => (
  <div className="buy-one">
    <SignedIn forRole="customer">
      <One sku={sku} name={name} />
    </SignedIn>
  </div>
)

function LogInToBuy() {
  const { session } = useSession()
  if (session.state !== 'nobody') return null
  return (
    <>
      <LogInLink />
      <span className="muted">to put it into your cart</span>
    </>
  )
}

function Several({ sku, name }: Props) {
  const [quantity, setQuantity] = useState(1)
  const { add, isBusy } = useAdding(name)
  return (
    <>
      <QuantityField label="Quantity" value={quantity} onChange={setQuantity} />
      <button
        type="button"
        className="button primary"
        disabled={isBusy}
        onClick={() => void add(sku, quantity)}
      >
        <CartIcon /> Add to cart
      </button>
    </>
  )
}

function One({ sku, name }: Props) {
  const { add, isBusy } = useAdding(name)
  return (
    <button
      type="button"
      className="button small"
      aria-label={`Add ${name} to the cart`}
      disabled={isBusy}
      onClick={() => void add(sku, 1)}
    >
      <CartIcon /> Add
    </button>
  )
}

function useAdding(name: string) {
  const { add, isBusy } = useCartWrites()
  const navigate = useNavigate()
  return {
    isBusy,
    async add(sku: string, quantity: number): Promise<void> {
      if (!(await add(sku, quantity))) return
      offer({
        title: 'In your cart',
        description: quantity === 1 ? name : `${quantity} × ${name}`,
        action: 'Open the cart',
        onAction: () => void navigate({ to: '/cart' }),
      })
    },
  }
}
