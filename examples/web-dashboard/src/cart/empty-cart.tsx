import { Link } from '@tanstack/react-router'
import { Empty } from '../ui/empty.tsx'

export const EmptyCart = () => (
  <Empty title="Your cart is empty.">
    <Link to="/" className="button">
      Browse the shop
    </Link>
  </Empty>
)
