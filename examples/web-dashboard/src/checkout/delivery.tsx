import type { CartContentsFragment, CheckoutPageQuery } from '../gen/operations.ts'

type Props = {
  destination: CartContentsFragment['destination']
  addresses: NonNullable<CheckoutPageQuery['viewer']['addresses']>
  name: string | null
}

const countries = new Intl.DisplayNames(undefined, { type: 'region' })

/** Where it is sent: the address that fits the destination of the cart, or what is known of it. */
export function Delivery({ destination: { country, postalCode }, addresses, name }: Props) {
  const address = addresses.find((one) => one.country === country && one.postalCode === postalCode)
  return (
    <section className="panel">
      <h2>Sent to</h2>
      <address className="delivery">
        <span>{address?.name ?? name}</span>
        {address && <span>{address.street}</span>}
        <span>
          {postalCode} {address?.city}
        </span>
        <span>{countries.of(country)}</span>
      </address>
    </section>
  )
}
