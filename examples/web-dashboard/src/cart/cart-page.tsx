import { Link } from '@tanstack/react-router'
import { Cart } from '../gen/operations.ts'
import { factsOf } from '../graph/problem.ts'
import { LogInFirst } from '../session/log-in-first.tsx'
import { SignedIn } from '../session/signed-in.tsx'
import { usePrivate } from '../session/use-private.ts'
import { Degraded } from '../ui/degraded.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { CartLines } from './cart-lines.tsx'
import { EmptyCart } from './empty-cart.tsx'
import { Totals } from './totals.tsx'
import './cart.css'

export const CartPage = () => (
  <>
    <title>Cart · Harbor Commerce</title>
    <h1>Your cart</h1>
    <SignedIn
      forRole="customer"
      otherwise={<LogInFirst what="your cart" />}
      meanwhile={<Skeleton lines={6} />}
    >
      <OwnCart />
    </SignedIn>
  </>
)

function OwnCart() {
  const query = usePrivate(Cart, {})
  const retry = () => void query.refetch()
  if (query.isPending) return <Skeleton lines={6} />
  if (query.isError) return <Degraded what="Your cart" why={factsOf(query.error)} onRetry={retry} />
  const cart = query.data.data.viewer?.cart
  if (!cart) return <Degraded what="Your cart" why={query.data.missing[0]} onRetry={retry} />
  if (cart.lines.length === 0) return <EmptyCart />
  return (
    <div className="cart">
      <CartLines lines={cart.lines} />
      <Totals quote={cart.quote} onRetry={retry}>
        <Link to="/checkout" className="button primary wide">
          Go to checkout
        </Link>
      </Totals>
    </div>
  )
}
