import type { Locale } from '@harbor/shared-runtime/locale'
import { z } from 'zod'

/** Kinds of notifications, in the app's vocabulary. */
const WORDS = ['order', 'stock', 'offer', 'review', 'points', 'other'] as const
type Word = (typeof WORDS)[number]

export const NotificationKind = z
  .object({ code: z.enum(WORDS), label: z.string() })
  .meta({ id: 'NotificationKind' })

const WORD_OF = new Map<string, Word>([
  ['BACK_IN_STOCK', 'stock'],
  ['OFFER', 'offer'],
  ['REVIEW_REQUEST', 'review'],
  ['LOYALTY', 'points'],
])

const LABELS: Record<Locale, Record<Word, string>> = {
  en: {
    order: 'Your order',
    stock: 'In stock',
    offer: 'Offer',
    review: 'Your opinion',
    points: 'Your points',
    other: 'News',
  },
  de: {
    order: 'Ihre Bestellung',
    stock: 'Verfügbarkeit',
    offer: 'Angebot',
    review: 'Ihre Meinung',
    points: 'Ihre Punkte',
    other: 'Neuigkeiten',
  },
  fr: {
    order: 'Votre commande',
    stock: 'Disponibilité',
    offer: 'Offre',
    review: 'Votre avis',
    points: 'Vos points',
    other: 'Actualités',
  },
  ja: {
    order: 'ご注文',
    stock: '在庫',
    offer: 'お得な情報',
    review: 'ご意見',
    points: 'ポイント',
    other: 'お知らせ',
  },
}

/** There is one kind for each state of an order: `ORDER_SHIPPED`. */
const wordOf = (kind: string): Word => (kind.startsWith('ORDER_') ? 'order' : (WORD_OF.get(kind) ?? 'other'))

export const notificationKindFormat =
  (locale: Locale) =>
  /** A kind that is not in this table becomes `other`. */
  (kind: string): z.infer<typeof NotificationKind> => {
    const code = wordOf(kind)
    return { code, label: LABELS[locale][code] }
  }
