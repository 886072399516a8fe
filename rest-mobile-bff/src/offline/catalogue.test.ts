import { until } from '@harbor/shared-testing/until'
import { expect, it } from 'vitest'
import { useMobile } from '../../test/mobile.ts'

const mobile = useMobile()

it('a list that changes while it is read is read again, and complete in the end', async () => {
  // The cursor of the second page refers to the last product of the first, which is removed in between.
  mobile.mocks.setFault('pricing', { latencyMs: 100 })
  const asked = mobile.get('/v1/offline-bundle')
  await until(() => mobile.calls().pricing === 1)
  mobile.mocks.products.remove('p1100')
  mobile.mocks.clearFaults()
  let answer = await asked
  // On a busy machine it is not ready in time: it continues in the background, and a later request gets it.
  while (answer.json.retryable) answer = await mobile.get('/v1/offline-bundle')
  const { status, json } = answer
  expect(status).toBe(200)
  const ids = new Set(json.products.map(({ id }: { id: string }) => id))
  expect(ids.size).toBe(json.products.length)
  expect(ids.has('p1099') && ids.has('p1101') && ids.has('p3000')).toBe(true)
  // The first page and the refused second one, then all twenty.
  expect(mobile.calls().catalog).toBe(22)
})
