import { useEffect, useEffectEvent, useState } from 'react'
import {
  Cart,
  CartSize,
  Checkout,
  type CheckoutInput,
  type CheckoutMutation,
  CheckoutPage,
  Dashboard,
  Orders,
} from '../gen/operations.ts'
import { factsOf, type ProblemFacts } from '../graph/problem.ts'
import { useOwn } from '../session/signed-in.tsx'
import { useWrite } from '../session/use-write.ts'
import { forgetAttempt, storeAttempt, storedAttempt } from './attempt.ts'

type Result = CheckoutMutation['checkout']
export type Placed = Extract<Result, { __typename: 'CheckoutPayload' }>
export type Refusal = Exclude<Result, Placed>

export type Placing =
  | { readonly state: 'idle' }
  | { readonly state: 'placing' }
  | { readonly state: 'placed'; readonly order: Placed }
  | { readonly state: 'refused'; readonly refusal: Refusal }
  /** It may have been placed: the same is to be sent again. */
  | { readonly state: 'unknown'; readonly why: ProblemFacts; readonly input: CheckoutInput }
  | { readonly state: 'failed'; readonly why: ProblemFacts }

/** A checkout that waits for a service takes its time: about a minute, then its user is asked. */
const PATIENT = { tries: 20, everyMs: 1_500 }

/** What an order changes. */
const CHANGED = [Cart.name, CartSize.name, CheckoutPage.name, Dashboard.name, Orders.name]

/** Places an order, once: an attempt that was not answered is sent again under its key, after a reload, too. */
export function usePlaceOrder() {
  const { key: session, cache } = useOwn()
  const { mutateAsync } = useWrite(Checkout, PATIENT)
  const [placing, setPlacing] = useState<Placing>({ state: 'idle' })

  async function place(input: CheckoutInput): Promise<void> {
    storeAttempt({ session, input })
    setPlacing({ state: 'placing' })
    try {
      const { checkout } = await mutateAsync({ input })
      forgetAttempt()
      setPlacing(
        checkout.__typename === 'CheckoutPayload'
          ? { state: 'placed', order: checkout }
          : { state: 'refused', refusal: checkout },
      )
      for (const name of CHANGED) void cache.invalidateQueries({ queryKey: [name] })
    } catch (error) {
      const why = factsOf(error)
      if (!why.retryable) forgetAttempt()
      setPlacing(why.retryable ? { state: 'unknown', why, input } : { state: 'failed', why })
    }
  }

  const resume = useEffectEvent(() => {
    const input = storedAttempt(session)
    if (input) void place(input)
  })
  useEffect(() => resume(), [])

  return { placing, place }
}
