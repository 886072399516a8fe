import { status } from '@grpc/grpc-js'
import type { Caller } from './auth.ts'
import { GrpcRefusal } from './grpc-service.ts'
import { type Listing, listed } from './listing.ts'
import { Refusal } from './routes.ts'

/** Lists over all customers are for staff. @throws {GrpcRefusal} `NOT_FOUND` */
export function requireMayList({ roles, isClient }: Caller): void {
  if (!isClient && !roles.includes('staff')) throw new GrpcRefusal(status.NOT_FOUND, 'no such list')
}

/**
 * A page of a list over gRPC: the fields of the request are what the query is over HTTP, empty ones are not given.
 * @throws {GrpcRefusal} `INVALID_ARGUMENT` where a list over HTTP is refused with 400
 */
export function listedOverGrpc<Row, Answer>(
  request: Readonly<Record<string, string | number>>,
  rows: readonly Row[],
  listing: Listing<Row>,
  make: (row: Row) => Answer,
) {
  const given = Object.entries(request).filter(([, value]) => value !== '' && value !== 0)
  const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)]))
  try {
    const { items, nextCursor, totalCount } = listed({ query }, rows, listing, make)
    return { items, next_cursor: nextCursor ?? '', total_count: totalCount }
  } catch (error) {
    if (error instanceof Refusal) throw new GrpcRefusal(status.INVALID_ARGUMENT, error.message)
    throw error
  }
}
