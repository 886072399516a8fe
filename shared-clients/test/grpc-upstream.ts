import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServiceDefinition,
} from '@grpc/grpc-js'
import { onTestFinished } from 'vitest'
import type { InternalTokens } from '../src/call/internal-tokens.ts'
import {
  type GetStockRequest,
  type GetStockResponse,
  InventoryServiceService,
  type StockEvent,
  type WatchStockRequest,
} from '../src/gen/inventory.ts'
import { inventory } from '../src/services/inventory.ts'
import { request } from './upstream.ts'

export type Methods = {
  getStock?: handleUnaryCall<GetStockRequest, GetStockResponse>
  watchStock?: handleServerStreamingCall<WatchStockRequest, StockEvent>
}

/** An inventory service of a test's own, on a free port, that ends with the test. */
export async function startInventory(
  methods: Methods,
  { service = InventoryServiceService, port = 0 }: { service?: ServiceDefinition; port?: number } = {},
) {
  const server = new Server()
  server.addService(service, methods)
  const bound = await new Promise<number>((resolve, reject) =>
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, taken) =>
      error ? reject(error) : resolve(taken),
    ),
  )
  const close = () => server.forceShutdown()
  onTestFinished(close)
  return { address: `http://127.0.0.1:${bound}`, port: bound, close }
}

/** The inventory client to an address, for one request. */
export function inventoryAt(
  address: string,
  { context = request(), tokens = (async () => 'a-token') as InternalTokens } = {},
) {
  const client = inventory.open(address, tokens)
  onTestFinished(() => client.close())
  return client.bind(context)
}

/** A row that the real service could give, with the field that must not go on. */
export const row = (sku: string): GetStockResponse['items'][number] => ({
  sku,
  warehouses: [{ warehouse: 'ber', available: 3, reserved: 1 }],
  reorderCost: 4_711,
})
