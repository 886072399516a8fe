import { type ProductHead, productHead } from './products.ts'
import { random } from './random.ts'
import { DAY, iso, lazily, NOW, recordAudit } from './reference.ts'

const CAMPAIGNS = [
  ['Autumn kitchen weeks', 1500],
  ['Buy two, save on the second', 1000],
  ['Members’ price', 500],
  ['Warm home', 2000],
  ['Last of the series', 2500],
  ['Harbor birthday', 1200],
] as const

/** The promotions that a SKU takes part in: one for about half of them, sometimes two. */
export const promotionsOf = lazily((sku: string) => {
  const head = productHead(sku)
  if (!head) return []
  const r = random('promotions', head.number)
  // The demo's cart is four of the first twenty products: promotions have to be seen there.
  const count = head.number <= 1020 ? 1 + (head.number % 2) : r.pick([0, 0, 1, 1, 2])
  return r
    .sample(CAMPAIGNS, count)
    .map(([campaign, basisPoints], i) => promotion(head, campaign, basisPoints, i))
})

function promotion(head: ProductHead, campaign: string, discountBasisPoints: number, index: number) {
  const r = random('promotion', head.number, index)
  const startsAt = NOW - r.int(2, 30) * DAY
  return {
    id: `promo-${head.number}-${index + 1}`,
    sku: head.sku,
    label: `${campaign}: ${discountBasisPoints / 100} % off ${head.category.name.toLowerCase()}`,
    discountBasisPoints,
    endsAt: iso(NOW + r.int(3, 45) * DAY),
    internalBudgetCode: `MKT-26-${r.int(1000, 9999)}-${r.hex(3).toUpperCase()}`,
    startsAt: iso(startsAt),
    campaignId: `cmp-${r.int(100, 199)}`,
    campaignName: campaign,
    conditions: {
      minimumQuantity: campaign.startsWith('Buy two') ? 2 : 1,
      minimumBasketMinor: r.pick([0, 2500, 5000]),
      loyaltyTiers: campaign.startsWith('Members') ? ['TIER_SILVER', 'TIER_GOLD', 'TIER_PLATINUM'] : [],
      countries: ['DE', 'AT', 'FR', 'NL'],
      combinable: r.chance(0.4),
      redemptionsPerCustomer: r.pick([1, 3, 10]),
    },
    texts: {
      en: `${campaign}. Valid while stocks last, not on vouchers and not on what is already reduced by more than thirty per cent.`,
      de: `${campaign}. Gültig, solange der Vorrat reicht; nicht auf Gutscheine und nicht auf bereits stark reduzierte Ware.`,
      fr: `${campaign}. Dans la limite des stocks disponibles, hors bons cadeaux et articles déjà fortement remisés.`,
    },
    creative: {
      badgeUrl: `https://images.harbor.example/badges/${discountBasisPoints}.svg`,
      bannerUrl: `https://images.harbor.example/banners/${head.category.id}-2026-11.jpg`,
      backgroundColour: '#f4ede4',
    },
    funding: {
      supplierShareBasisPoints: r.int(0, 60) * 100,
      budgetMinor: r.int(5, 80) * 100_000,
      spentMinor: r.int(1, 40) * 10_000,
    },
    approval: { by: 'staff:s2', at: iso(startsAt - 3 * DAY), ticket: `PRC-${r.int(2000, 5000)}` },
    audit: recordAudit(head.number + index, startsAt, 'campaigns'),
  }
}
