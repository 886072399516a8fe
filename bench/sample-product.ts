const sentence = 'A sturdy and light companion for every day, made to be repaired. '

/** An answer like those of the catalog: about 8 KB of JSON, with fields that no consumer may see. */
export const PRODUCT = {
  id: 'p1',
  sku: 'SKU-000001',
  name: 'Trail backpack 28 l',
  brand: 'Harbor',
  description: sentence.repeat(40),
  categoryId: 'c12',
  categoryName: 'Backpacks',
  images: Array.from({ length: 6 }, (_, n) => ({
    url: `https://images.example/p1/${n}.webp`,
    width: 1200,
    height: 900,
    alt: `Trail backpack, view ${n}`,
  })),
  specifications: Array.from({ length: 40 }, (_, n) => ({
    name: `Specification ${n}`,
    value: `Value ${n * 7}`,
    unit: n % 3 === 0 ? 'mm' : null,
  })),
  relatedIds: Array.from({ length: 20 }, (_, n) => `p${n + 2}`),
  active: true,
  updatedAt: '2026-01-01T00:00:00.000Z',
  wholesaleCost: { amountMinor: 4_200, currency: 'EUR' },
  margin: 3_100,
  supplierId: 'sup-7',
  history: Array.from({ length: 20 }, (_, n) => ({
    at: '2026-01-01T00:00:00.000Z',
    by: `staff:${n}`,
    note: sentence,
  })),
}
