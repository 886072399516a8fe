import type { EventLog } from '../events.ts'
import { productHeads } from '../seed/products.ts'
import { random } from '../seed/random.ts'
import { STORES } from '../seed/reference.ts'
import { createAudits } from './audits.ts'

export type Level = { available: number; reserved: number }
export type StockRow = { id: string; sku: string; number: number; warehouse: string; level: Level }
type Line = { sku: string; quantity: number }
type Taken = { sku: string; warehouse: string; quantity: number }

/** The demo's first products can be had everywhere, but for two gaps that the shelf's bitmap shows. */
const DEMO_PRODUCTS = 20
const DEMO_GAPS = new Set(['HB-1003', 'HB-1012'])

/** Stock per SKU and warehouse, with reservations; each change is an event. */
export function createStock(events: EventLog) {
  const levels = new Map(productHeads('all').map(({ sku }, index) => [sku, seededLevels(sku, index)]))
  const rows: readonly StockRow[] = productHeads('all').flatMap(({ sku, number }) =>
    [...(levels.get(sku) ?? [])].map(([warehouse, level]) => ({
      id: `${sku}-${warehouse}`,
      sku,
      number,
      warehouse,
      level,
    })),
  )
  const audits = createAudits('warehouses')
  const reservations = new Map<string, Taken[]>()
  const released = new Set<string>()

  const of = (sku: string, warehouse: string): Level | undefined => levels.get(sku)?.get(warehouse)
  const changed = (sku: string, warehouse: string, by = 'system:reservations') => {
    audits.changed(`${sku}-${warehouse}`, by)
    events.publish('stock', { sku, warehouse, ...of(sku, warehouse) })
  }

  const availableIn = (sku: string) =>
    [...(levels.get(sku) ?? [])].reduce((sum, [, level]) => sum + level.available, 0)

  function take({ sku, quantity }: Line): Taken[] {
    const taken: Taken[] = []
    let missing = quantity
    for (const [warehouse, level] of levels.get(sku) ?? []) {
      const part = Math.min(level.available, missing)
      if (part === 0) continue
      level.available -= part
      level.reserved += part
      missing -= part
      taken.push({ sku, warehouse, quantity: part })
      changed(sku, warehouse)
    }
    return taken
  }

  return {
    warehousesOf: (sku: string) => levels.get(sku),
    /** Every SKU in every warehouse, in the order of their numbers. */
    rows: (): readonly StockRow[] => rows,
    auditOf: ({ id, number }: StockRow) => audits.of(id, number),
    /** Every SKU's level in one warehouse. */
    *levelsIn(warehouse: string): Generator<{ sku: string; warehouse: string; available: number }> {
      for (const [sku, warehouses] of levels) {
        const level = warehouses.get(warehouse)
        if (level) yield { sku, warehouse, available: level.available }
      }
    },
    /** `false` when there is no such SKU or store. */
    set(store: string, sku: string, available: number, by = 'system:control'): boolean {
      const level = of(sku, store)
      if (!level) return false
      level.available = available
      changed(sku, store, by)
      return true
    },
    /** All or nothing. The SKUs that fell short; none when it is reserved now or was before. */
    reserve(id: string, wanted: readonly Line[]): string[] {
      if (reservations.has(id)) return []
      const lines = [...new Set(wanted.map(({ sku }) => sku))].map((sku) => ({
        sku,
        quantity: wanted.filter((line) => line.sku === sku).reduce((sum, line) => sum + line.quantity, 0),
      }))
      const short = lines.filter(({ sku, quantity }) => availableIn(sku) < quantity).map(({ sku }) => sku)
      if (short.length === 0) reservations.set(id, lines.flatMap(take))
      return short
    },
    reservations: (): ReadonlyMap<string, readonly Taken[]> => reservations,
    /** An id that was given back stays so: a Reserve that comes late takes nothing. */
    wasReleased: (id: string): boolean => released.has(id),
    release(id: string): void {
      released.add(id)
      for (const { sku, warehouse, quantity } of reservations.get(id) ?? []) {
        const level = of(sku, warehouse)
        if (!level) continue
        level.available += quantity
        level.reserved -= quantity
        changed(sku, warehouse)
      }
      reservations.delete(id)
    },
  }
}

function seededLevels(sku: string, index: number): Map<string, Level> {
  const r = random('stock', sku)
  return new Map(
    STORES.map((store) => {
      const usual = index < DEMO_PRODUCTS || r.chance(0.85) ? r.int(4, 180) : 0
      const level = { available: DEMO_GAPS.has(sku) && store === 'ber' ? 0 : usual, reserved: r.int(0, 6) }
      return [store, level]
    }),
  )
}
