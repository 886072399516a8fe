import { type Order, OrderRow } from './order-row.tsx'

type Edges = readonly { readonly node: Order | null }[]

/** The orders of a page. One that arrived malformed has no data: its row says so. */
export const OrderList = ({ edges, className = 'order-list' }: { edges: Edges; className?: string }) => (
  <ul className={className}>
    {edges.map(({ node }, index) =>
      node ? (
        <OrderRow key={node.number} order={node} />
      ) : (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row without data has nothing but its place
        <li key={index} className="order-row">
          This order cannot be shown now.
        </li>
      ),
    )}
  </ul>
)
