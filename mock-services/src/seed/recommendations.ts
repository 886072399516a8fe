import { imageUrl } from './picture.ts'
import { summarise } from './product-text.ts'
import { type ProductHead, productHead, productHeads, seededSaleMinor } from './products.ts'
import { random } from './random.ts'
import { iso, lazily, MINUTE, money, NOW, STORES } from './reference.ts'

/** How many are known for a customer or a product; a call's `limit` cuts the list. */
export const KEPT = 24

const REASONS = [
  'Others who bought your last order chose this, too',
  'Goes with the pieces that you already own',
  'Much looked at in your city this week',
  'From a maker that you have ordered from before',
]

/** What the model would show a customer or beside a product, best first. */
export const recommendationsFor = lazily((id: string) => {
  const r = random('recommendations', id)
  const own = productHead(id)
  const pool = own
    ? productHeads('all').filter((head) => head.category === own.category && head !== own)
    : productHeads('all')
  return r.sample(pool, KEPT).map((head, i) => recommendation(head, id, i))
})

function recommendation(head: ProductHead, id: string, index: number) {
  const r = random('recommendation', id, head.number)
  return {
    productId: head.id,
    sku: head.sku,
    name: head.name,
    imageUrl: imageUrl(head),
    price: money(seededSaleMinor(head)),
    score: Math.round((0.99 - index * 0.021 - r.next() * 0.01) * 10_000) / 10_000,
    modelVersion: 'two-tower-2026-11-02',
    rank: index + 1,
    reason: r.pick(REASONS),
    summary: summarise(head),
    availability: {
      online: 'IN_STOCK',
      stores: r.sample(STORES, 3),
      checkedAt: iso(NOW - r.int(1, 50) * MINUTE),
    },
    brand: head.brand,
    categoryId: head.category.id,
    listPrice: money(head.listMinor),
    images: [160, 320, 640].map((width) => ({
      url: `${imageUrl(head)}?w=${width}`,
      width,
      height: width,
    })),
    features: Object.fromEntries(
      [
        'embeddingDot',
        'categoryAffinity',
        'brandAffinity',
        'priceFit',
        'recencyDecay',
        'popularity7d',
        'popularityCity',
        'stockPressure',
        'marginBoost',
        'novelty',
        'seasonality',
        'returnPenalty',
      ].map((feature) => [feature, Math.round(r.next() * 100_000) / 100_000]),
    ),
    candidates: r
      .sample(['co-purchase', 'co-view', 'trending', 'replenish', 'visual-similarity', 'editorial'], 3)
      .map((source) => ({
        source,
        weight: Math.round(r.next() * 1000) / 1000,
        retrievedAt: iso(NOW - r.int(1, 200) * 60_000),
      })),
    experiment: { id: `rec-${r.int(10, 60)}`, arm: r.pick(['control', 'B', 'C']), bucket: r.int(0, 999) },
    tracking: { impressionToken: r.hex(48), clickToken: r.hex(48) },
    explanation: `Chosen out of ${r.int(300, 900)} candidates; last retrained on 2 November 2026 with orders of the ninety days before.`,
  }
}
