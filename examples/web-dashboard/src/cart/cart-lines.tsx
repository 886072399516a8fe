import type { CartContentsFragment } from '../gen/operations.ts'
import { CartLine } from './cart-line.tsx'

export const CartLines = ({ lines }: { lines: CartContentsFragment['lines'] }) => (
  <ul className="cart-lines panel">
    {lines.map((line) => (
      // Another quantity, from wherever it came, is another line to edit.
      <CartLine key={`${line.sku} ${line.quantity}`} line={line} />
    ))}
  </ul>
)
