import { Link } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef } from 'react'
import { Trace } from '../ui/failure.tsx'
import { Warning } from '../ui/icons.tsx'
import type { Placing, Refusal } from './use-place-order.ts'

const cart = <Link to="/cart">Change the cart</Link>
const orders = <Link to="/orders">See your orders</Link>

/** What the customer may do next. */
const NEXT: Record<Refusal['__typename'], ReactNode> = {
  CartChanged: 'This is the cart as it is now: look at it, and order again.',
  CartEmpty: orders,
  CheckoutConflict: orders,
  CheckoutTookTooLong: 'Please try again in a moment.',
  OrderNotAccepted: 'Please contact us if you think that this is a mistake.',
  OutOfStock: cart,
  PaymentDeclined: 'Choose another way to pay, and order again.',
  TotalChanged: 'This is what it costs now: look at it, and order again.',
}

type Ended = Extract<Placing, { state: 'refused' | 'failed' }>

/** Why the order was not placed, and what to do: nothing was charged. It takes the focus, and so comes into sight. */
export function Refused({ placing }: { placing: Ended }) {
  const message = useRef<HTMLDivElement>(null)
  useEffect(() => message.current?.focus(), [])
  return (
    <div className="degraded refused" role="alert" tabIndex={-1} ref={message}>
      <Warning />
      <div>
        {placing.state === 'refused' ? (
          <>
            <p>
              <strong>{placing.refusal.message}</strong>
            </p>
            <p>{NEXT[placing.refusal.__typename]}</p>
          </>
        ) : (
          <>
            <p>
              <strong>The order was not placed.</strong> {placing.why.title}
            </p>
            <Trace facts={placing.why} />
          </>
        )}
      </div>
    </div>
  )
}
