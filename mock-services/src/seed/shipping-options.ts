import { random } from './random.ts'
import { DAY, HOUR, iso, isoDate, money, NOW } from './reference.ts'
import { CARRIERS } from './shipments.ts'

const OPTIONS = [
  { id: 'standard', carrier: 0, label: 'Standard delivery', base: 490, perKilo: 40, days: [2, 4] },
  { id: 'economy', carrier: 1, label: 'Economy, to a parcel shop', base: 350, perKilo: 35, days: [3, 6] },
  { id: 'express', carrier: 2, label: 'Express, before noon', base: 1490, perKilo: 90, days: [1, 1] },
  {
    id: 'evening',
    carrier: 3,
    label: 'Evening delivery, 18:00 to 21:00',
    base: 690,
    perKilo: 50,
    days: [2, 3],
  },
  { id: 'climate', carrier: 0, label: 'By cargo bike and rail', base: 590, perKilo: 20, days: [3, 5] },
] as const

/** Ways to send a parcel of this weight to a place, cheapest services of four carriers, about 2 KB each. */
export function shippingOptions({
  grams,
  country,
  postalCode,
}: {
  grams: number
  country: string
  postalCode: string
}) {
  const kilos = Math.ceil(grams / 1000)
  const abroad = country === 'DE' ? 1 : 1.6
  return OPTIONS.map(({ id, carrier, label, base, perKilo, days: [first, last] }) => {
    const { code, name, service } = CARRIERS[carrier]
    const r = random('shipping', id, country, postalCode, kilos)
    const minor = Math.round((base + perKilo * kilos) * abroad)
    return {
      id: `${id}-${country.toLowerCase()}`,
      carrierCode: code,
      label,
      price: money(minor),
      earliest: isoDate(NOW + first * DAY),
      latest: isoDate(NOW + last * DAY),
      carrier: {
        name,
        service,
        contract: `HRB-${code}-2026`,
        logoUrl: `https://images.harbor.example/carriers/${code.toLowerCase()}.svg`,
      },
      cost: {
        baseMinor: Math.round(minor * 0.7),
        fuelSurchargeMinor: Math.round(minor * 0.08),
        tollMinor: Math.round(minor * 0.04),
        marginMinor: Math.round(minor * 0.18),
      },
      cutOff: iso(NOW + 6 * HOUR),
      tracking: { level: 'PARCEL', mapAvailable: id !== 'economy', notifications: ['email', 'push'] },
      constraints: {
        maxWeightGrams: 31_500,
        maxLengthMm: 1200,
        maxGirthMm: 3000,
        excludedPostalCodes: ['18565', '25849', '27498', '83256'],
        weekendDelivery: id === 'express',
      },
      legs: ['HAM-ALM', 'BER-SUD', postalCode].map((to, i) => ({
        from: ['ham', 'HAM-ALM', 'BER-SUD'][i],
        to,
        mode: id === 'climate' ? ['rail', 'rail', 'cargo bike'][i] : ['lorry', 'lorry', 'van'][i],
        departsAt: iso(NOW + (i + 1) * 9 * HOUR),
        arrivesAt: iso(NOW + (i + 1) * 9 * HOUR + r.int(2, 7) * HOUR),
        distanceKm: r.int(12, 320),
        carbonGrams: r.int(20, 900),
      })),
      slots: Array.from({ length: 4 }, (_, i) => ({
        id: `slot-${r.hex(8)}`,
        from: iso(NOW + (first + i) * DAY + 9 * HOUR),
        until: iso(NOW + (first + i) * DAY + 12 * HOUR),
        capacityLeft: r.int(3, 60),
      })),
      terms: `Delivered by ${name} to your door or, when nobody is in, to a neighbour. A parcel that could not be delivered waits for seven working days at the nearest parcel shop and is sent back after that, free of charge.`,
      returns: {
        free: true,
        days: 30,
        dropOff: ['parcel shop', 'parcel box', 'any Harbor store'],
        label: { format: 'QR', paperless: true, validDays: 90 },
        address: 'Harbor Returns, Peutestraße 51, 20539 Hamburg, Germany',
      },
      insurance: { coveredMinor: 50_000, excessMinor: 0, provider: 'Nordseekontor Assekuranz' },
    }
  })
}
