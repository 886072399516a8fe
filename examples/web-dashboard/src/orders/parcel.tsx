import type { OrderDetailQuery } from '../gen/operations.ts'
import type { MissingPart } from '../graph/operation.ts'
import { Degraded } from '../ui/degraded.tsx'
import { day, words } from '../ui/words.ts'

type Shipment = NonNullable<NonNullable<OrderDetailQuery['viewer']>['order']>['shipment']
type Props = { shipment: Shipment; why: MissingPart | undefined; onRetry: () => void }

export const Parcel = ({ shipment, why, onRetry }: Props) => (
  <section className="panel">
    <h2>Parcel</h2>
    {!shipment && why && <Degraded what="The parcel" why={why} onRetry={onRetry} />}
    {!shipment && !why && <p className="muted">It is not on its way yet.</p>}
    {shipment && (
      <p className="row">
        <span className="badge">{shipment.status === null ? 'Status unknown' : words(shipment.status)}</span>
        <span>Expected {day(shipment.estimatedDelivery)}</span>
        <code>{shipment.trackingCode}</code>
      </p>
    )}
  </section>
)
