import type { EventLog } from '../events.ts'
import { type ProductHead, seededSaleMinor } from '../seed/products.ts'
import { CURRENCY } from '../seed/reference.ts'
import { createAudits } from './audits.ts'
import type { Catalog } from './catalog.ts'

/** Minor units of a currency for one euro; yen has no minor unit, so 100 cents are 168 yen. */
const MINOR_PER_EURO = new Map([
  ['EUR', 100],
  ['GBP', 86],
  ['USD', 109],
  ['JPY', 168],
])

/** What things cost now: the seed's prices and those that were changed since. */
export function createPrices(events: EventLog, catalog: Pick<Catalog, 'head' | 'inCategory'>) {
  const changed = new Map<string, number>()
  const audits = createAudits('price-lists')
  const saleEuroOf = (head: ProductHead): number => changed.get(head.sku) ?? seededSaleMinor(head)
  const discountOf = (head: ProductHead): number =>
    Math.max(0, Math.round(((head.listMinor - saleEuroOf(head)) / head.listMinor) * 10_000))

  function of(sku: string, currency: string) {
    const head = catalog.head(sku)
    const rate = MINOR_PER_EURO.get(currency)
    if (!head || rate === undefined) return undefined
    const saleEuro = saleEuroOf(head)
    const converted = (minor: number) => Math.round((minor * rate) / 100)
    return {
      sku,
      currency,
      list_minor: converted(Math.max(head.listMinor, saleEuro)),
      sale_minor: converted(saleEuro),
      discount_basis_points: discountOf(head),
      price_list_id: 'PL-EU-2026-11',
      valid_until: '2026-12-31T23:00:00.000Z',
    }
  }

  return {
    knows: (currency: string): boolean => MINOR_PER_EURO.has(currency),
    /** In the fields of `pricing.proto`; `undefined` for what is not sold. */
    of,
    /** What is priced, in the order of its numbers. */
    rows: (): readonly ProductHead[] => catalog.inCategory(null),
    saleMinorOf: saleEuroOf,
    discountOf,
    auditOf: ({ sku, number }: ProductHead) => audits.of(sku, number),
    /** `false` when there is no such SKU. */
    set(sku: string, saleMinor: number, by = 'system:control'): boolean {
      if (!catalog.head(sku)) return false
      changed.set(sku, saleMinor)
      audits.changed(sku, by)
      const now = of(sku, CURRENCY)
      events.publish('price', {
        sku,
        currency: CURRENCY,
        listMinor: now?.list_minor,
        saleMinor: now?.sale_minor,
      })
      return true
    },
  }
}
