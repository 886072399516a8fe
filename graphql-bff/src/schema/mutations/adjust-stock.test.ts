import { describe, expect, it } from 'vitest'
import { failing, KEY, refusedAs, runMutation } from '../../../test/run-mutation.ts'

describe('adjustStock', () => {
  const adjust = (available: number) =>
    `adjustStock(input: { ${KEY}, sku: "HB-3000", warehouse: TOKYO, available: ${available} })`
  const selection =
    '... on AdjustStockPayload { stock { warehouse available } } ... on UserError { code message }'

  it('sets the level of one warehouse, for staff alone', async () => {
    const { result, calls } = await runMutation(adjust(7), { as: 'staff', selection })
    expect(result).toMatchObject({ stock: { warehouse: 'TOKYO', available: 7 } })
    expect(calls).toEqual({ 'inventory.setStock': 1 })
    const customer = await runMutation(adjust(7))
    expect([customer.status, customer.calls]).toEqual([403, {}])
  })

  it('says that there is no such SKU, and takes no negative level', async () => {
    const unknown = { as: 'staff', answering: { inventory: { setStock: failing('not_found') } } }
    expect((await runMutation(adjust(7), unknown)).result).toEqual(refusedAs('UnknownSku', 'NOT_FOUND'))
    const negative = await runMutation(adjust(-1), { as: 'staff' })
    expect([negative.status, negative.calls]).toEqual([400, {}])
  })
})
