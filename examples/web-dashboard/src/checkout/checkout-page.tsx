import { EmptyCart } from '../cart/empty-cart.tsx'
import { CheckoutPage as CheckoutPageOperation } from '../gen/operations.ts'
import { factsOf } from '../graph/problem.ts'
import { LogInFirst } from '../session/log-in-first.tsx'
import { SignedIn } from '../session/signed-in.tsx'
import { usePrivate } from '../session/use-private.ts'
import { Degraded } from '../ui/degraded.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { CheckoutForm } from './checkout-form.tsx'
import { InProgress } from './in-progress.tsx'
import { ThankYou } from './thank-you.tsx'
import { usePlaceOrder } from './use-place-order.ts'
import './checkout.css'

export const CheckoutPage = () => (
  <>
    <title>Checkout · Harbor Commerce</title>
    <SignedIn
      forRole="customer"
      otherwise={
        <>
          <h1>Checkout</h1>
          <LogInFirst what="your cart" />
        </>
      }
      meanwhile={<Skeleton lines={6} />}
    >
      <OwnCheckout />
    </SignedIn>
  </>
)

function OwnCheckout() {
  const { placing, place } = usePlaceOrder()
  if (placing.state === 'placed') return <ThankYou order={placing.order} />
  return (
    <>
      <h1>Checkout</h1>
      {placing.state === 'placing' || placing.state === 'unknown' ? (
        <InProgress placing={placing} onAskAgain={place} />
      ) : (
        <Order placing={placing} place={place} />
      )}
    </>
  )
}

function Order({ placing, place }: Pick<ReturnType<typeof usePlaceOrder>, 'placing' | 'place'>) {
  const query = usePrivate(CheckoutPageOperation, {})
  const retry = () => void query.refetch()
  if (query.isPending) return <Skeleton lines={8} />
  if (query.isError) return <Degraded what="Your cart" why={factsOf(query.error)} onRetry={retry} />
  const { cart, addresses, displayName } = query.data.data.viewer
  if (!cart) return <Degraded what="Your cart" why={query.data.missing[0]} onRetry={retry} />
  if (cart.lines.length === 0) return <EmptyCart />
  return (
    <CheckoutForm
      cart={cart}
      name={displayName}
      addresses={addresses ?? []}
      placing={placing}
      onPlace={(input) => void place(input)}
      onRetry={retry}
    />
  )
}
