import type { Locale } from '@harbor/shared-runtime/locale'
import { z } from 'zod'

/** Order states in the app's vocabulary, independent of the orders service's. */
const WORDS = ['processing', 'shipped', 'delivered', 'cancelled', 'returned'] as const
type Word = (typeof WORDS)[number]

export const OrderStatus = z.object({ code: z.enum(WORDS), label: z.string() }).meta({ id: 'OrderStatus' })

const WORD_OF = new Map<string, Word>([
  ['PLACED', 'processing'],
  ['PAYMENT_AUTHORISED', 'processing'],
  ['PICKING', 'processing'],
  ['SHIPPED', 'shipped'],
  ['DELIVERED', 'delivered'],
  ['CANCELLED', 'cancelled'],
  ['RETURNED', 'returned'],
])

const LABELS: Record<Locale, Record<Word, string>> = {
  en: {
    processing: 'Being prepared',
    shipped: 'On its way',
    delivered: 'Delivered',
    cancelled: 'Cancelled',
    returned: 'Returned',
  },
  de: {
    processing: 'In Vorbereitung',
    shipped: 'Unterwegs',
    delivered: 'Zugestellt',
    cancelled: 'Storniert',
    returned: 'Zurückgesendet',
  },
  fr: {
    processing: 'En préparation',
    shipped: 'En route',
    delivered: 'Livrée',
    cancelled: 'Annulée',
    returned: 'Retournée',
  },
  ja: {
    processing: '準備中',
    shipped: '配送中',
    delivered: '配達済み',
    cancelled: 'キャンセル',
    returned: '返品済み',
  },
}

export const orderStatusFormat =
  (locale: Locale) =>
  /** A status that orders has and this table has not is `processing`: shipped apps know these five words only. */
  (status: string): z.infer<typeof OrderStatus> => {
    const code = WORD_OF.get(status) ?? 'processing'
    return { code, label: LABELS[locale][code] }
  }
