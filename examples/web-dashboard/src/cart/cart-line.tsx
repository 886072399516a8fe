import { useState } from 'react'
import type { CartContentsFragment } from '../gen/operations.ts'
import { Cross } from '../ui/icons.tsx'
import { LineName } from '../ui/line-name.tsx'
import { Picture } from '../ui/picture.tsx'
import { QuantityField } from '../ui/quantity-field.tsx'
import { offer } from '../ui/toasts.ts'
import { useCartWrites } from './use-cart-writes.ts'

type Line = CartContentsFragment['lines'][number]

/** A line of the cart, which can be changed and taken out, and put back by who did not mean it. */
export function CartLine({ line }: { line: Line }) {
  const { sku, name, imageUrl, total } = line
  const [quantity, setQuantity] = useState(line.quantity)
  const { add, change, remove, isBusy } = useCartWrites()

  async function commit(next: number): Promise<void> {
    if (next !== line.quantity && !(await change(sku, next))) setQuantity(line.quantity)
  }
  async function takeOut(): Promise<void> {
    if (!(await remove(sku))) return
    offer({
      title: 'Taken out of your cart',
      description: name,
      action: 'Undo',
      onAction: () => void add(sku, line.quantity),
    })
  }
  return (
    <li className="cart-line" aria-busy={isBusy}>
      <Picture url={imageUrl} alt="" size={88} />
      <div>
        <LineName line={line} />
        <Left line={line} />
      </div>
      <QuantityField
        label={`Quantity of ${name}`}
        value={quantity}
        onChange={setQuantity}
        onCommit={(next) => void commit(next)}
      />
      <strong className="price">{total?.formatted ?? '–'}</strong>
      <button
        type="button"
        className="icon-button"
        aria-label={`Take ${name} out of the cart`}
        disabled={isBusy}
        onClick={() => void takeOut()}
      >
        <Cross />
      </button>
    </li>
  )
}

/** That there is not enough of it, where that is known. */
function Left({ line: { product, quantity } }: { line: Line }) {
  if (!product?.stock) return null
  const left = product.stock.reduce((sum, { available }) => sum + available, 0)
  if (left >= quantity) return null
  return <small className="short">{left === 0 ? 'Sold out' : `Only ${left} left`}</small>
}
