import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Listing, listed } from './listing.ts'
import type { Call } from './routes.ts'

type Row = { id: string; size: number }

const ROWS: Listing<Row> = {
  idOf: ({ id }) => id,
  sorts: new Map<string, (row: Row) => string | number>([
    ['id', ({ id }) => id],
    ['size', ({ size }) => size],
  ]),
  usual: 'id',
  filters: new Map([['size', ({ size }: Row, given) => String(size) === given]]),
}

const call = (query: Record<string, string>): Call => ({
  params: {},
  query: new URLSearchParams(query),
  body: undefined,
  caller: { sub: 's1', clientId: 'web-bff', roles: ['staff'], isClient: false },
  idempotencyKey: undefined,
  preconditions: { ifMatch: undefined, ifNoneMatch: undefined, ifUnmodifiedSince: undefined },
})
const page = (rows: readonly Row[], query: Record<string, string>) =>
  listed(call(query), rows, ROWS, (row) => row)

test('walking a list while rows are added and removed never repeats or loses a row that stayed', () => {
  const row = fc.record({ id: fc.stringMatching(/^[a-z]{1,3}$/), size: fc.integer({ min: 0, max: 3 }) })
  fc.assert(
    fc.property(
      fc.uniqueArray(row, { selector: ({ id }) => id, maxLength: 40 }),
      fc.constantFrom('id', '-id', 'size', '-size'),
      fc.integer({ min: 1, max: 7 }),
      fc.array(fc.record({ remove: fc.nat(50), add: fc.option(row) }), { maxLength: 20 }),
      (seeded, sort, limit, changes) => {
        const inOrder = (rows: Row[]) => rows.sort((a, b) => (a.id < b.id ? -1 : 1))
        let rows = inOrder([...seeded])
        const stayed = new Set(rows.map(({ id }) => id))
        const seen: string[] = []
        let cursor: string | null = ''
        for (const change of [...changes, ...Array<undefined>(60).fill(undefined)]) {
          if (cursor === null) break
          const got: ReturnType<typeof page> = page(rows, { sort, limit: String(limit), cursor })
          seen.push(...got.items.map(({ id }) => id))
          cursor = got.nextCursor
          const gone = change && rows[change.remove]
          if (gone) stayed.delete(gone.id)
          const added = change?.add
          rows = rows.filter((kept) => kept !== gone)
          if (added && !rows.some(({ id }) => id === added.id) && !seeded.some(({ id }) => id === added.id))
            rows = inOrder([...rows, added])
        }
        expect(cursor).toBeNull()
        expect(new Set(seen).size).toBe(seen.length)
        for (const id of stayed) expect(seen).toContain(id)
      },
    ),
  )
})

test('a cursor outlives the row that it was made from', () => {
  const rows = ['a', 'b', 'c', 'd'].map((id) => ({ id, size: 1 }))
  const { nextCursor } = page(rows, { limit: '2' })
  const rest = page(rows.slice(2), { limit: '2', cursor: String(nextCursor) })
  expect(rest.items.map(({ id }) => id)).toEqual(['c', 'd'])
})

test('a filter leaves rows out and the count follows; a sort, a cursor or a limit that is none is refused', () => {
  const rows = [1, 2, 1].map((size, index) => ({ id: `r${index}`, size }))
  expect(page(rows, { size: '1' })).toMatchObject({ totalCount: 2, nextCursor: null })
  const { nextCursor } = page(rows, { limit: '1' })
  for (const query of [
    { sort: 'constructor' },
    { sort: '--id' },
    { cursor: 'x' },
    { cursor: String(nextCursor), sort: 'size' },
    { limit: '0' },
    { limit: '101' },
  ] as Record<string, string>[])
    expect(() => page(rows, query)).toThrow(/allowed|one of|1 to 100/)
})
