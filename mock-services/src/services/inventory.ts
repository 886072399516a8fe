import { status } from '@grpc/grpc-js'
import { z } from 'zod'
import { type Caller, mayCheckOut } from '../auth.ts'
import { NotHeldError } from '../events.ts'
import { listedOverGrpc, requireMayList } from '../grpc-listing.ts'
import { type GrpcMethods, GrpcRefusal, rpc } from '../grpc-service.ts'
import type { Listing } from '../listing.ts'
import { inAnyOrder } from '../routes.ts'
import { productHead } from '../seed/products.ts'
import { STORES } from '../seed/reference.ts'
import type { World } from '../world/index.ts'
import type { StockRow } from '../world/stock.ts'

export const INVENTORY_PROTO = { file: 'inventory.proto', service: 'harbor.inventory.v1.InventoryService' }

const Skus = z.object({ skus: z.array(z.string()).max(500) })
const Reservation = z.object({
  reservation_id: z.string().min(1),
  lines: z.array(z.object({ sku: z.string(), quantity: z.int().min(1) })).min(1),
})
const Watch = z.object({
  warehouse: z.enum(['', ...STORES]),
  follow: z.boolean(),
  after_event_id: z.string(),
})
const Adjustment = z.object({ warehouse: z.enum(STORES), sku: z.string(), available: z.int().min(0) })

const Rows = z.object({
  cursor: z.string(),
  limit: z.int(),
  sort: z.string(),
  sku: z.string(),
  warehouse: z.string(),
})

const STOCK: Listing<StockRow> = {
  idOf: ({ id }) => id,
  sorts: new Map([
    ['sku', ({ number }: StockRow) => number],
    ['available', ({ level }: StockRow) => level.available],
  ]),
  usual: 'sku',
  filters: new Map([
    ['sku', ({ sku }: StockRow, given) => sku === given],
    ['warehouse', ({ warehouse }: StockRow, given) => warehouse === given],
  ]),
}

/** Reservations are nobody's in particular: any user's checkout may make and end one. */
function requireCheckOut(caller: Caller): void {
  if (!mayCheckOut(caller, caller.sub)) throw new GrpcRefusal(status.PERMISSION_DENIED, 'not for this client')
}

export const inventoryMethods = ({ stock, events }: World): GrpcMethods => ({
  GetStock: rpc(Skus, ({ skus }) => ({
    items: inAnyOrder([...new Set(skus)]).flatMap((sku) => {
      const levels = stock.warehousesOf(sku)
      if (!levels) return []
      const warehouses = [...levels].map(([warehouse, level]) => ({ warehouse, ...level }))
      return { sku, warehouses, reorder_cost: Math.round((productHead(sku)?.listMinor ?? 0) * 0.47) }
    }),
  })),

  ListStock: rpc(Rows, (request, caller) => {
    requireMayList(caller)
    return listedOverGrpc(request, stock.rows(), STOCK, (row) => ({
      sku: row.sku,
      warehouse: row.warehouse,
      ...row.level,
      audit: stock.auditOf(row),
    }))
  }),

  Reserve: rpc(Reservation, ({ reservation_id, lines }, caller) => {
    requireCheckOut(caller)
    if (stock.wasReleased(reservation_id))
      throw new GrpcRefusal(status.FAILED_PRECONDITION, 'the reservation was given back')
    const short_skus = stock.reserve(reservation_id, lines)
    return { reserved: short_skus.length === 0, short_skus }
  }),

  Release: rpc(z.object({ reservation_id: z.string().min(1) }), ({ reservation_id }, caller) => {
    requireCheckOut(caller)
    stock.release(reservation_id)
    return {}
  }),

  SetStock: rpc(Adjustment, ({ warehouse, sku, available }, caller) => {
    if (!caller.roles.includes('staff')) throw new GrpcRefusal(status.PERMISSION_DENIED, 'staff only')
    if (!stock.set(warehouse, sku, available, `staff:${caller.sub}`))
      throw new GrpcRefusal(status.NOT_FOUND, 'no such SKU')
    return { warehouse, sku, available, event_id: events.lastId() }
  }),

  WatchStock: rpc(Watch, async function* ({ warehouse, follow, after_event_id }, _caller, signal) {
    const stores = warehouse === '' ? STORES : [warehouse]
    // Taken before the snapshot: what changes while it is sent is sent again, and nothing is missed.
    const from = after_event_id || events.lastId()
    try {
      events.requireHeld(from)
      if (!after_event_id) {
        for (const store of stores)
          for (const level of stock.levelsIn(store)) yield { level: { ...level, event_id: '' } }
        yield { snapshot_end: { event_id: from } }
      }
      if (!follow) return
      for await (const item of events.follow(from, { signal, heartbeatFirst: after_event_id !== '' })) {
        if ('heartbeat' in item) yield { heartbeat: { event_id: item.id } }
        else if (item.type === 'stock' && stores.some((store) => store === item.data.warehouse))
          yield { level: { ...item.data, event_id: item.id } }
      }
    } catch (error) {
      if (error instanceof NotHeldError) throw new GrpcRefusal(status.OUT_OF_RANGE, error.message)
      throw error
    }
  }),
})
