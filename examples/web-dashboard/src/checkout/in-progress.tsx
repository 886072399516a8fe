import { Progress } from '@base-ui/react/progress'
import type { CheckoutInput } from '../gen/operations.ts'
import { Trace } from '../ui/failure.tsx'
import type { Placing } from './use-place-order.ts'

type Props = {
  placing: Extract<Placing, { state: 'placing' | 'unknown' }>
  onAskAgain: (input: CheckoutInput) => Promise<void>
}

/** The order is on its way, or nobody knows whether it has arrived. */
export const InProgress = ({ placing, onAskAgain }: Props) =>
  placing.state === 'placing' ? (
    <section className="panel placing" role="status">
      <Progress.Root value={null} className="progress">
        <Progress.Label>Placing your order…</Progress.Label>
        <Progress.Track className="progress-track">
          <Progress.Indicator className="progress-bar" />
        </Progress.Track>
      </Progress.Root>
      <p className="muted">
        Stock is set aside and the payment is asked for. You may reload this page: it is not ordered twice.
      </p>
    </section>
  ) : (
    <section className="panel placing" role="alert">
      <p>
        <strong>It is not known yet whether your order was placed.</strong>
      </p>
      <p>{placing.why.title} Ask again: it is not ordered twice.</p>
      <button type="button" className="button primary" onClick={() => void onAskAgain(placing.input)}>
        Ask again
      </button>
      <Trace facts={placing.why} />
    </section>
  )
