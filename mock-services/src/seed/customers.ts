import { REGIONS, type Region } from './people.ts'
import { type Random, random } from './random.ts'
import {
  COUNTS,
  DAY,
  FIRST,
  HOUR,
  iso,
  isoDate,
  lazily,
  money,
  NOW,
  numberIn,
  numbers,
  recordAudit,
  STORES,
} from './reference.ts'

export type Customer = ReturnType<typeof makeCustomer>

export const customerNumbers = numbers(FIRST.customer, COUNTS.customers)
export const customerIds = customerNumbers.map((n) => `c${n}`)

export const customerNumber = (id: string): number | undefined =>
  numberIn(id, 'c', FIRST.customer, COUNTS.customers)

/** A customer of the seed, 40 and more fields; the demo's is Ada, `c1001`. */
export const customer = lazily(makeCustomer)

function makeCustomer(number: number) {
  const r = random('customer', number)
  const demo = number === FIRST.customer
  const region = demo ? (REGIONS[0] as Region) : r.pick(REGIONS)
  const firstName = demo ? 'Ada' : r.pick(region.given)
  const lastName = demo ? 'Lindqvist' : r.pick(region.family)
  const since = NOW - r.int(30, 2600) * DAY
  const tier = demo
    ? 'TIER_GOLD'
    : r.pick(['TIER_BASIC', 'TIER_BASIC', 'TIER_SILVER', 'TIER_GOLD', 'TIER_PLATINUM'])
  const ascii = (text: string) =>
    text
      .normalize('NFD')
      .replace(/[^a-z]/gi, '')
      .toLowerCase()
  return {
    id: `c${number}`,
    customerNumber: `HC-${number}-${r.int(10, 99)}`,
    firstName,
    lastName,
    displayName: `${firstName} ${lastName.charAt(0).toUpperCase()}.`,
    salutation: r.pick(['', 'Ms', 'Mr', 'Dr']),
    email: demo ? 'ada@harbor.example' : `${ascii(firstName)}.${ascii(lastName)}.${number}@mail.example`,
    emailVerified: demo || r.chance(0.9),
    emailBounceCount: r.int(0, 2),
    phone: `${region.phone} ${r.int(100, 999)} ${r.int(10_000, 99_999)}`,
    phoneVerified: r.chance(0.6),
    birthDate: isoDate(NOW - r.int(19 * 365, 82 * 365) * DAY),
    gender: r.pick(['female', 'male', 'diverse', 'undisclosed']),
    locale: region.locale,
    timeZone: region.timeZone,
    currency: region.currency,
    country: region.country,
    avatarUrl: `https://images.harbor.example/avatars/c${number}.jpg`,
    memberSince: iso(since),
    lastSeenAt: iso(NOW - r.int(0, 30 * 24) * HOUR),
    lastLoginIp: `198.51.100.${r.int(1, 254)}`,
    lastUserAgent: r.pick([
      'HarborApp/5.2 (iOS 20.1)',
      'HarborApp/5.1 (Android 17)',
      'Mozilla/5.0 (Macintosh)',
      'Mozilla/5.0 (Windows NT 10.0)',
    ]),
    loyaltyTier: tier,
    loyaltyPoints: r.int(0, 24_000),
    loyaltyPointsExpireAt: iso(NOW + r.int(20, 400) * DAY),
    addresses: addresses(r, region, `${firstName} ${lastName}`, number),
    defaultShippingAddressId: `adr-${number}-1`,
    defaultBillingAddressId: `adr-${number}-2`,
    preferredStore: r.pick(STORES),
    preferredPaymentMethod: r.pick(['card', 'sepa', 'paypal', 'invoice']),
    savedCards: [
      {
        brand: r.pick(['visa', 'mastercard']),
        last4: String(r.int(1000, 9999)),
        expires: `${r.int(1, 12)}/20${r.int(27, 31)}`,
        vaultToken: `tok_${r.hex(20)}`,
      },
    ],
    preferences: {
      channels: { email: r.chance(0.8), push: demo || r.chance(0.7), sms: r.chance(0.2) },
      topics: { orders: true, offers: r.chance(0.6), stock: demo || r.chance(0.4) },
    },
    newsletterOptInAt: r.chance(0.5) ? iso(since + DAY) : null,
    marketingConsentVersion: `2026-${r.int(1, 9)}`,
    wishlistProductIds: r.sample(numbers(FIRST.product, 400), 5).map((n) => `p${n}`),
    orderCount: r.int(0, 40),
    lifetimeValue: money(r.int(0, 900_000)),
    averageBasket: money(r.int(2_000, 30_000)),
    returnRateBasisPoints: r.int(0, 3_000),
    churnRisk: Math.round(r.next() * 100) / 100,
    creditLimit: money(r.pick([0, 50_000, 100_000])),
    taxId: null,
    companyName: null,
    referralCode: `HARBOR-${r.hex(6).toUpperCase()}`,
    acquisitionChannel: r.pick(['organic', 'newsletter', 'friend', 'search-ad', 'store-ham']),
    supportNotes: r.pick([
      '',
      'Prefers to be called after 18:00.',
      'Received a voucher over 10 EUR for a late parcel.',
      'Asked for spare parts twice.',
    ]),
    gdprDeletionRequestedAt: null,
    fraudScore: Math.round(r.next() * 1000) / 10,
    internalSegmentTag: r.pick([
      'SEG-A1-HIGH-MARGIN',
      'SEG-B2-COUPON',
      'SEG-C0-DORMANT',
      'SEG-A3-HOSTS',
      'SEG-D4-RETURNERS',
    ]),
    audit: recordAudit(number, since, 'customer-accounts'),
  }
}

function addresses(r: Random, region: Region, name: string, number: number) {
  return ['shipping', 'billing'].map((kind, i) => {
    const [city, postalCode] = r.pick(region.places)
    return {
      id: `adr-${number}-${i + 1}`,
      kind,
      name,
      company: null,
      street: `${r.pick(region.streets)} ${r.int(1, 140)}`,
      addition: r.pick(['', '2nd floor', 'c/o Weber', 'rear building']),
      city,
      postalCode,
      country: region.country,
      validatedAt: iso(NOW - r.int(10, 500) * DAY),
      geocode: { lat: r.int(35_000, 59_000) / 1000, lon: r.int(-5_000, 16_000) / 1000 },
      deliveryInstructions: r.pick([
        '',
        'Please ring twice.',
        'Leave it with the neighbours.',
        'Parcel box behind the gate.',
      ]),
    }
  })
}
