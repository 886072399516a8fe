import { NumberField } from '@base-ui/react/number-field'
import './quantity-field.css'

type Props = {
  label: string
  value: number
  onChange: (quantity: number) => void
  /** When a choice is made: a step, Enter, or the field is left. */
  onCommit?: (quantity: number) => void
}

/** How many of something, 1 to 99; arrow keys change it. */
export const QuantityField = ({ label, value, onChange, onCommit }: Props) => (
  <NumberField.Root
    className="quantity"
    value={value}
    min={1}
    max={99}
    onValueChange={(next) => next !== null && onChange(next)}
    onValueCommitted={(next) => next !== null && onCommit?.(next)}
  >
    <NumberField.Group className="quantity-group">
      <NumberField.Decrement className="quantity-step" aria-label={`${label}: one less`}>
        −
      </NumberField.Decrement>
      <NumberField.Input className="quantity-input" aria-label={label} />
      <NumberField.Increment className="quantity-step" aria-label={`${label}: one more`}>
        +
      </NumberField.Increment>
    </NumberField.Group>
  </NumberField.Root>
)
