import { openEnum } from './open-enum.ts'

export const NotificationKind = openEnum('NotificationKind', {
  description: 'What a notification is about.',
  words: {
    ORDER: ['ORDER_PLACED', 'ORDER_SHIPPED', 'ORDER_DELIVERED'],
    STOCK: 'BACK_IN_STOCK',
    OFFER: 'OFFER',
    REVIEW: 'REVIEW_REQUEST',
    LOYALTY: 'LOYALTY',
  },
})
