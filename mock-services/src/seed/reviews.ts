import { customer, customerNumbers } from './customers.ts'
import { type ProductHead, productHead } from './products.ts'
import { random } from './random.ts'
import { DAY, HOUR, iso, lazily, NOW, recordAudit } from './reference.ts'

/** At most this many reviews of a product can be listed; its summary counts all of them. */
export const LISTED_REVIEWS = 20

type Words = { noun: string; material: string; colour: string }

const TITLES = new Map<number, string[]>([
  [
    5,
    [
      'Would buy it again at once',
      'Even better than in the pictures',
      'The best that I have owned',
      'Worth every cent',
    ],
  ],
  [4, ['Very good, with one wish', 'Does what it should', 'Solid and handsome', 'Nearly perfect']],
  [3, ['All right for the price', 'Good, but smaller than I thought', 'Mixed feelings']],
  [2, ['Expected more', 'Nice to look at, less nice to use']],
  [1, ['Sent it back', 'Arrived damaged']],
])

const OPINIONS = new Map<number, ((w: Words) => string)[]>([
  [
    5,
    [
      (w) => `I have used this ${w.noun} nearly every day since spring and it looks as it did on the first.`,
      (w) =>
        `The ${w.material} feels honest, and ${w.colour} fits our kitchen better than I had dared to hope.`,
      () => 'My mother wanted to take it home with her. She now has one of her own.',
    ],
  ],
  [
    4,
    [
      (w) => `A well-made ${w.noun}. I take off one star because the instructions are printed very small.`,
      (w) => `The colour ${w.colour} is a touch darker than on the screen, but I have come to like it.`,
      () => 'Delivery took a day longer than promised; apart from that there is nothing to complain of.',
    ],
  ],
  [
    3,
    [
      (w) =>
        `For ${w.material} I find it rather light. It works, but I would look at the larger size next time.`,
      () =>
        'It does its job. For this price I had expected the finish of the underside to be as careful as that of the top.',
    ],
  ],
  [
    2,
    [
      (w) => `After three months the ${w.noun} shows the first stains in spite of careful washing by hand.`,
      () =>
        'Customer service was friendly and offered a replacement, but I wanted something that lasts from the start.',
    ],
  ],
  [
    1,
    [
      (w) =>
        `The ${w.noun} came with a crack, and the replacement, too. The parcel was fine, so it is not the carrier’s fault.`,
      () => 'The returned money was in my account within four days, at least that worked.',
    ],
  ],
])

/** How a product is rated, over all its reviews. */
export const reviewSummary = lazily((productId: string) => {
  const number = Number(productId.slice(1))
  const r = random('review-summary', number)
  const scale = r.pick([0, 4, 12, 30, 80, 240])
  const histogram = [0.04, 0.05, 0.13, 0.28, 0.5].map((share) =>
    Math.round(scale * share * (0.6 + r.next() * 0.8)),
  )
  const count = histogram.reduce((sum, n) => sum + n, 0)
  const stars = histogram.reduce((sum, n, i) => sum + n * (i + 1), 0)
  return {
    productId,
    average: count === 0 ? 0 : Math.round((stars / count) * 100) / 100,
    count,
    histogram,
    recommendShareBasisPoints:
      count === 0 ? 0 : Math.round((((histogram[3] ?? 0) + (histogram[4] ?? 0)) / count) * 10_000),
    sentimentModel: 'sentiment-2026-08',
    flaggedCount: r.int(0, 3),
    lastReviewedAt: count === 0 ? null : iso(NOW - r.int(1, 400) * HOUR),
  }
})

/** The newest reviews of a product, newest first, at most `LISTED_REVIEWS`. */
export const reviewsOf = lazily((productId: string) => {
  const head = productHead(productId)
  if (!head) return []
  const { count } = reviewSummary(productId)
  const r = random('reviews', head.number)
  let at = NOW
  return Array.from({ length: Math.min(count, LISTED_REVIEWS) }, (_, i) => {
    at -= r.int(3, 300) * HOUR
    return review(head, i, at)
  })
})

function review(head: ProductHead, index: number, at: number) {
  const r = random('review', head.number, index)
  const rating = r.pick([1, 2, 3, 3, 4, 4, 4, 5, 5, 5, 5, 5])
  const author = customer(r.pick(customerNumbers))
  const words = { noun: head.noun.toLowerCase(), material: head.material, colour: head.colour }
  return {
    id: `r${head.number}-${index + 1}`,
    productId: head.id,
    customerId: author.id,
    author: author.displayName,
    rating,
    title: r.pick(TITLES.get(rating) ?? []),
    body: r
      .sample(OPINIONS.get(rating) ?? [], 2)
      .map((opinion) => opinion(words))
      .join(' '),
    createdAt: iso(at),
    verifiedPurchase: r.chance(0.85),
    helpfulCount: r.int(0, 60),
    locale: author.locale,
    moderationScore: Math.round(r.next() * 1000) / 1000,
    moderationState: r.pick(['APPROVED', 'APPROVED', 'APPROVED', 'PENDING_SECOND_LOOK']),
    authorIp: `192.0.2.${r.int(1, 254)}`,
    audit: recordAudit(head.number + index, Math.min(at, NOW - DAY), 'moderation'),
  }
}
