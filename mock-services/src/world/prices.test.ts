import { expect, it } from 'vitest'
import { calculateTax } from '../seed/tax.ts'
import { createWorld } from './index.ts'

const { prices } = createWorld()

it('a currency or a country with the name of something that objects inherit is not known', () => {
  for (const name of ['constructor', '__proto__', 'toString']) {
    expect(prices.knows(name)).toBe(false)
    const line = { sku: 'HB-1001', quantity: 1, netMinor: 10_000 }
    expect(calculateTax({ country: name, currency: 'EUR', lines: [line] }).totalMinor).toBe(
      calculateTax({ country: 'nowhere', currency: 'EUR', lines: [line] }).totalMinor,
    )
  }
  expect(prices.knows('EUR')).toBe(true)
})
