import { Radio } from '@base-ui/react/radio'
import { RadioGroup } from '@base-ui/react/radio-group'

const METHODS = [
  { value: 'card', name: 'Card', note: 'Charged when it is sent' },
  { value: 'invoice', name: 'Invoice', note: 'Paid within 14 days' },
  { value: 'declined', name: 'A card that is declined', note: 'Shows what a declined payment looks like' },
] as const

export const USUAL_METHOD: string = METHODS[0].value

type Props = { value: string; onChange: (method: string) => void }

export const PaymentMethod = ({ value, onChange }: Props) => (
  <section className="panel">
    <h2 id="payment-method">Paid by</h2>
    <RadioGroup
      className="methods"
      aria-labelledby="payment-method"
      value={value}
      onValueChange={(next) => onChange(String(next))}
    >
      {METHODS.map((method) => (
        // biome-ignore lint/a11y/noLabelWithoutControl: Radio.Root has its input inside
        <label key={method.value} className="method">
          <Radio.Root value={method.value} className="radio">
            <Radio.Indicator className="radio-dot" />
          </Radio.Root>
          <span>
            {method.name}
            <small>{method.note}</small>
          </span>
        </label>
      ))}
    </RadioGroup>
  </section>
)
