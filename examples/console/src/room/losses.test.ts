import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { lossesOf } from './losses.ts'

it('reads from the generated page what each answer loses without an upstream', async () => {
  const losses = lossesOf(await readFile(new URL('../../../../docs/degradation.md', import.meta.url), 'utf8'))
  const of = (answer: string, upstream: string) =>
    losses.find((loss) => loss.answer === answer && loss.upstream === upstream)
  expect(of('home', 'customers')).toMatchObject({ critical: true })
  expect(of('home', 'recommendations')).toMatchObject({ critical: false, fields: 'recommendations' })
  expect(of('ProductPage', 'reviews')).toMatchObject({ critical: false, fields: 'product.reviews' })
  expect(of('ProductList', 'catalog')).toMatchObject({ critical: true })
})

it('refuses a page of another form', () => {
  expect(() => lossesOf('# Degradation\n')).toThrow('no row says what an answer loses')
})
