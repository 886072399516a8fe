import { productHeads } from './products.ts'
import { random } from './random.ts'
import { HOUR, iso, NOW } from './reference.ts'

export type Notification = ReturnType<typeof notification>

const COUNT = 25

/** Notifications of one customer, newest first. */
export function seededNotifications(customerNumber: number): Notification[] {
  const r = random('notifications', customerNumber)
  let at = NOW
  return Array.from({ length: COUNT }, (_, i) => {
    at -= r.int(1, 40) * HOUR
    const product = r.pick(productHeads('all'))
    const [kind, title, body] = r.pick([
      [
        'ORDER_SHIPPED',
        'Your parcel is on its way',
        `The ${product.noun.toLowerCase()} has left our warehouse. The carrier will tell you the hour on the day.`,
      ],
      [
        'ORDER_DELIVERED',
        'Delivered',
        `Your ${product.name} was left where you asked for. Is everything as it should be?`,
      ],
      ['BACK_IN_STOCK', 'Back in stock', `${product.name} can be ordered again. You asked us to tell you.`],
      [
        'OFFER',
        `${product.category.name}: this week’s prices`,
        `The ${product.name} and eleven other things cost less until Sunday.`,
      ],
      [
        'REVIEW_REQUEST',
        'How do you like it?',
        `You have had the ${product.noun.toLowerCase()} for three weeks. A few words help others to choose.`,
      ],
      [
        'LOYALTY',
        'Points that expire',
        'Some of your points are valid until the end of the month. They count at the checkout.',
      ],
    ] as const)
    return notification(
      `n${customerNumber}-${COUNT - i}`,
      { kind, title, body },
      at,
      i < r.int(2, 5) ? null : at + r.int(1, 30) * HOUR,
    )
  })
}

export function notification(
  id: string,
  text: { kind: string; title: string; body: string },
  at: number,
  readAt: number | null,
) {
  const r = random('notification', id)
  return {
    id,
    ...text,
    createdAt: iso(at),
    readAt: readAt === null ? null : iso(readAt),
    channel: r.pick(['push', 'email', 'in-app']),
    templateId: `tpl-${text.kind.toLowerCase().replaceAll('_', '-')}-v${r.int(1, 9)}`,
    campaignCode: `CRM-${r.int(100, 999)}`,
    providerMessageId: r.hex(24),
    deliveryAttempts: r.int(1, 2),
    deepLink: `harbor://inbox/${id}`,
  }
}
