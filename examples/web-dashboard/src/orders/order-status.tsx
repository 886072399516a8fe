import { words } from '../ui/words.ts'

/** `null`: a status that the graph has no word for. */
export const OrderStatus = ({ status }: { status: string | null }) => (
  <span className={`badge status-${(status ?? 'unknown').toLowerCase()}`}>
    {status === null ? 'Status unknown' : words(status)}
  </span>
)
