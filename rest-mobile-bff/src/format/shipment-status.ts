import type { Locale } from '@harbor/shared-runtime/locale'
import { z } from 'zod'

/** Parcel states in the app's vocabulary, independent of the shipping service's. */
const WORDS = ['announced', 'in-transit', 'delivered', 'returned', 'unknown'] as const
type Word = (typeof WORDS)[number]

export const ShipmentStatus = z
  .object({ code: z.enum(WORDS), label: z.string() })
  .meta({ id: 'ShipmentStatus' })

const WORD_OF = new Map<string, Word>([
  ['LABEL_CREATED', 'announced'],
  ['IN_TRANSIT', 'in-transit'],
  ['DELIVERED', 'delivered'],
  ['RETURNED', 'returned'],
])

const LABELS: Record<Locale, Record<Word, string>> = {
  en: {
    announced: 'Announced to the carrier',
    'in-transit': 'With the carrier',
    delivered: 'Delivered',
    returned: 'Sent back',
    unknown: 'Ask the carrier',
  },
  de: {
    announced: 'Beim Zusteller angekündigt',
    'in-transit': 'Beim Zusteller',
    delivered: 'Zugestellt',
    returned: 'Zurückgesendet',
    unknown: 'Beim Zusteller erfragen',
  },
  fr: {
    announced: 'Annoncé au transporteur',
    'in-transit': 'Chez le transporteur',
    delivered: 'Livré',
    returned: 'Retourné',
    unknown: 'À demander au transporteur',
  },
  ja: {
    announced: '配送業者へ連絡済み',
    'in-transit': '配送業者が輸送中',
    delivered: '配達済み',
    returned: '返送済み',
    unknown: '配送業者にご確認ください',
  },
}

export const shipmentStatusFormat =
  (locale: Locale) =>
  /** A status that is not in this table becomes `unknown`. */
  (status: string): z.infer<typeof ShipmentStatus> => {
    const code = WORD_OF.get(status) ?? 'unknown'
    return { code, label: LABELS[locale][code] }
  }
