import { z } from 'zod'
import { fetchByKeys } from './batch.ts'
import { cacheKind, SPIKE } from './cache-policies.ts'
import { InventoryServiceClient } from './gen/inventory.ts'
import { grpcClient } from './transport/grpc.ts'

const Count = z.int().nonnegative()

export const SkuStock = z.object({
  sku: z.string().min(1),
  warehouses: z.array(z.object({ warehouse: z.string().min(1), available: Count, reserved: Count })),
})
export type SkuStock = z.infer<typeof SkuStock>

const StockAnswer = z.object({ items: z.array(SkuStock) })

/** One message of the stock feed: a level, the end of the snapshot, or a sign of life. */
export type StockEvent =
  | {
      kind: 'level'
      warehouse: string
      sku: string
      available: number
      /** Empty in a snapshot. */
      eventId: string
    }
  | { kind: 'snapshot-end'; eventId: string }
  | { kind: 'heartbeat'; eventId: string }

const Level = z.object({
  warehouse: z.string().min(1),
  sku: z.string().min(1),
  available: Count,
  eventId: z.string(),
})
const Position = z.object({ eventId: z.string() })

const StockMessage = z
  .object({
    event: z.discriminatedUnion('$case', [
      z.object({ $case: z.literal('level'), value: Level }),
      z.object({ $case: z.literal('snapshotEnd'), value: Position }),
      z.object({ $case: z.literal('heartbeat'), value: Position }),
    ]),
  })
  .transform(({ event }): StockEvent => {
    if (event.$case === 'level') return { kind: 'level', ...event.value }
    return { kind: event.$case === 'snapshotEnd' ? 'snapshot-end' : 'heartbeat', ...event.value }
  })

const STOCK = cacheKind({ namespace: 'inventory:stock', schema: SkuStock, policy: SPIKE })

export const inventory = grpcClient(
  'inventory',
  { timeoutMs: 300, stub: InventoryServiceClient },
  (call, stub, cached) => ({
    /** Stock per warehouse of the SKUs that exist, by SKU. */
    stock: (skus: readonly string[], options?: { timeoutMs?: number }) =>
      cached(STOCK).byIds(skus, (call, missing) =>
        fetchByKeys(
          missing,
          async (some) =>
            (
              await call.unary(stub.getStock.bind(stub), { skus: [...some] }, StockAnswer, {
                read: 'getStock',
                ...options,
              })
            ).items,
          (row) => row.sku,
        ),
      ),
    /**
     * Every level (of one warehouse, if given), `snapshot-end`, then each change as it happens and a heartbeat
     * every 10 s, until the context's signal is aborted. With `afterEventId`: only what came after it;
     * `UpstreamError` `conflict` when that is too long ago.
     */
    watchStock: ({ warehouse = '', afterEventId = '' }: { warehouse?: string; afterEventId?: string } = {}) =>
      call.stream(stub.watchStock.bind(stub), { warehouse, afterEventId, follow: true }, StockMessage),
  }),
)
