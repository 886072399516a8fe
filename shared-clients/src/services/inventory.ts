import { z } from 'zod'
import { grpcClient } from '../call/grpc.ts'
import { InventoryServiceClient } from '../gen/inventory.ts'
import { fetchByKeys } from '../rows/batch.ts'
import { Audit, grpcListing, grpcPageOf, type ListingQuery, TABLE } from '../rows/listing.ts'
import { keyedRows } from '../rows/parsed-rows.ts'
import { cacheKind, SPIKE } from './cache-policies.ts'

const Count = z.int().nonnegative()

export const SkuStock = z.object({
  sku: z.string().min(1),
  warehouses: z.array(z.object({ warehouse: z.string().min(1), available: Count, reserved: Count })),
})
export type SkuStock = z.infer<typeof SkuStock>

const StockAnswer = z.object({ items: keyedRows('inventory', SkuStock, 'sku') })

const StockRow = z.object({
  sku: z.string().min(1),
  warehouse: z.string().min(1),
  available: Count,
  reserved: Count,
  audit: Audit,
})
export type StockRow = z.infer<typeof StockRow>

const StockPage = grpcPageOf('inventory', StockRow)

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

const Reserved = z.object({ reserved: z.boolean(), shortSkus: z.array(z.string()) })

/** A reservation touches many rows. */
const WRITE_TIMEOUT_MS = 1_000

const Level = z.object({
  warehouse: z.string().min(1),
  sku: z.string().min(1),
  available: Count,
  eventId: z.string(),
})
const Position = z.object({ eventId: z.string() })

/** A kind that came to be after this client was written has no `event` here: it is none of the fields that we know. */
const StockMessage = z
  .object({
    event: z
      .discriminatedUnion('$case', [
        z.object({ $case: z.literal('level'), value: Level }),
        z.object({ $case: z.literal('snapshotEnd'), value: Position }),
        z.object({ $case: z.literal('heartbeat'), value: Position }),
      ])
      .optional(),
  })
  .transform(({ event }): StockEvent | undefined => {
    if (event === undefined) return undefined
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
        ),
      ),
    /** For staff: one row a SKU and warehouse, as it is now. */
    rows: ({
      sku = '',
      warehouse = '',
      ...page
    }: ListingQuery & { sku?: string | undefined; warehouse?: string | undefined }) =>
      call.unary(stub.listStock.bind(stub), { ...grpcListing(page), sku, warehouse }, StockPage, {
        read: 'listStock',
        alone: true,
        ...TABLE,
      }),
    /**
     * Sets stock aside for an order, all or nothing, once for its id; names the SKUs that fall short, in which case
     * nothing is set aside.
     */
    reserve: (reservationId: string, lines: readonly { sku: string; quantity: number }[]) =>
      call.unary(stub.reserve.bind(stub), { reservationId, lines: [...lines] }, Reserved, {
        write: 'reserve',
        timeoutMs: WRITE_TIMEOUT_MS,
      }),
    /** Staff's adjustment of what is available of a SKU in one warehouse; the same again changes nothing. */
    setStock: (adjustment: { warehouse: string; sku: string; available: number }) =>
      call.unary(stub.setStock.bind(stub), adjustment, Level, {
        write: 'setStock',
        timeoutMs: WRITE_TIMEOUT_MS,
      }),
    /** Gives a reservation back, also one that never came about: a call for it that comes late is refused. */
    release: async (reservationId: string): Promise<void> => {
      await call.unary(stub.release.bind(stub), { reservationId }, z.unknown(), {
        write: 'release',
        timeoutMs: WRITE_TIMEOUT_MS,
      })
    },
    /**
     * Every level (of one warehouse, if given), `snapshot-end`, then each change as it happens and a heartbeat
     * every 10 s, until the context's signal is aborted. With `afterEventId`: only what came after it;
     * `UpstreamError` `conflict` when that is too long ago. Kinds of events that are not known are passed over.
     */
    async *watchStock({
      warehouse = '',
      afterEventId = '',
    }: {
      warehouse?: string
      afterEventId?: string
    } = {}): AsyncGenerator<StockEvent, void, undefined> {
      const request = { warehouse, afterEventId, follow: true }
      for await (const event of call.stream(stub.watchStock.bind(stub), request, StockMessage))
        if (event) yield event
    },
  }),
)
