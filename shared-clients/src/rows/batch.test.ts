import { UpstreamError } from '@harbor/shared-runtime/errors'
import { inPlace } from '@harbor/shared-runtime/rows'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { fetchByKeys, fetchGroups } from './batch.ts'
import { keyedRows, listOf } from './parsed-rows.ts'

const Row = z.object({ id: z.string(), n: z.int() })
const answer = keyedRows('catalog', Row, 'id')

/** A service that holds rows, and answers in the way that `shuffle` says. */
function service(rowsOf: (asked: readonly string[]) => readonly unknown[]) {
  const asked: (readonly string[])[] = []
  return {
    asked,
    fetchRows: async (ids: readonly string[]) => {
      asked.push(ids)
      return answer.parse(rowsOf(ids))
    },
  }
}

const id = fc.integer({ min: 0, max: 300 }).map((n) => `p${n}`)
const ids = fc.array(id, { maxLength: 350 })

test('property: rows in any order, missing, doubled or not asked for are joined to the right key', async () => {
  await fc.assert(
    fc.asyncProperty(ids, fc.array(id), fc.infiniteStream(fc.nat()), async (keys, known, noise) => {
      const order = [...noise.take(50)]
      const { fetchRows } = service((asked) => {
        const rows = known.filter((key) => asked.includes(key)).map((key) => ({ id: key, n: 1 }))
        const unasked = { id: 'never-asked-for', n: 2 }
        // Known ids may be doubled already; the order has nothing to do with the one asked for.
        return [...rows, unasked, ...rows.slice(0, 2)].toSorted((_, b) => ((order[b.n] ?? 0) % 3) - 1)
      })
      const found = await fetchByKeys(keys, fetchRows)
      expect([...found.keys()].toSorted()).toEqual(
        [...new Set(keys)].filter((key) => known.includes(key)).toSorted(),
      )
      for (const [key, row] of found) expect(row.id).toBe(key)
    }),
  )
})

test('property: each key is asked for once, at most 100 in a call, in as few calls as that allows', async () => {
  await fc.assert(
    fc.asyncProperty(ids, async (keys) => {
      const { asked, fetchRows } = service(() => [])
      await fetchByKeys(keys, fetchRows)
      const distinct = [...new Set(keys)]
      expect(asked.flat()).toEqual(distinct)
      expect(asked).toHaveLength(Math.ceil(distinct.length / 100))
      for (const call of asked) expect(call.length).toBeLessThanOrEqual(100)
    }),
  )
})

test('nothing asked for is no call', async () => {
  const { asked, fetchRows } = service(() => [{ id: 'p1', n: 1 }])
  expect([...(await fetchByKeys([], fetchRows))]).toEqual([])
  expect([...(await fetchGroups([], fetchRows))]).toEqual([])
  expect(asked).toEqual([])
})

test('the calls for many keys are made side by side', async () => {
  let running = 0
  let most = 0
  const fetchRows = async () => {
    most = Math.max(most, ++running)
    await Promise.resolve()
    running--
    return answer.parse([])
  }
  await fetchByKeys(
    Array.from({ length: 301 }, (_, n) => `p${n}`),
    fetchRows,
  )
  expect(most).toBe(4)
})

test('groups keep the order of the service, whatever stands between, and hold nothing unasked', async () => {
  const { fetchRows } = service(() => [
    { id: 'b', n: 3 },
    { id: 'a', n: 9 },
    { id: 'c', n: 5 },
    { id: 'b', n: 1 },
    { id: 'a', n: 2 },
  ])
  const groups = await fetchGroups(['a', 'b', 'd', 'a'], fetchRows)
  expect(new Map(groups)).toEqual(
    new Map([
      [
        'b',
        [
          { id: 'b', n: 3 },
          { id: 'b', n: 1 },
        ],
      ],
      [
        'a',
        [
          { id: 'a', n: 9 },
          { id: 'a', n: 2 },
        ],
      ],
    ]),
  )
})

test('one failed call of several fails the whole, and leaves no rejection behind', async () => {
  const keys = Array.from({ length: 250 }, (_, n) => `p${n}`)
  const fetchRows = async (some: readonly string[]) => {
    throw new Error(`no ${some[0]}`)
  }
  await expect(fetchByKeys(keys, fetchRows)).rejects.toThrow('no p0')
})

const malformed = { code: 'invalid_answer', upstream: 'catalog' }

test('a malformed row is the error of its key, and of no other', async () => {
  const { fetchRows } = service(() => [
    { id: 'a', n: 1 },
    { id: 'b', n: 'many' },
    { id: 'unasked', n: null },
  ])
  const rows = await fetchByKeys(['a', 'b', 'c'], fetchRows)
  expect([...rows.keys()]).toEqual(['a'])
  expect([...rows.broken]).toEqual([['b', expect.objectContaining(malformed)]])
  expect(() => rows.whole()).toThrow(UpstreamError)
})

test('a malformed row without a key may be any of those that are missing: none of them is "not there"', async () => {
  const { fetchRows } = service(() => [{ id: 'a', n: 1 }, { id: 'b', n: 'many' }, { n: 2 }, null])
  const rows = await fetchByKeys(['a', 'b', 'c'], fetchRows)
  expect([...rows.keys()]).toEqual(['a'])
  expect([...rows.broken.keys()].toSorted()).toEqual(['b', 'c'])
})

test('a group with a malformed row is broken as a whole, and no other group is', async () => {
  const { fetchRows } = service(() => [
    { id: 'a', n: 1 },
    { id: 'b', n: 1 },
    { id: 'a', n: 'x' },
  ])
  const groups = await fetchGroups(['a', 'b'], fetchRows)
  expect([[...groups.keys()], [...groups.broken.keys()]]).toEqual([['b'], ['a']])
})

test('property: every row of a list is at its position, as itself or as its error', () => {
  const schema = listOf('catalog', Row)
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.record({ id: fc.string(), n: fc.nat() }), fc.anything())), (given) => {
      const placed = inPlace(schema.parse(given))
      expect(placed).toHaveLength(given.length)
      for (const [position, row] of placed.entries()) {
        const parsed = Row.safeParse(given[position])
        if (parsed.success) expect(row).toEqual(parsed.data)
        else expect(row).toMatchObject(malformed)
      }
    }),
  )
})
