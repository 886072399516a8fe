import { httpPart } from '@harbor/shared-runtime/http-server'
import { expect, onTestFinished, test } from 'vitest'
import { startMobile } from '../mobile.ts'

test('an identity that hangs costs a first home no more than its budget, and a write no more than its own', async () => {
  const mobile = await startMobile()
  onTestFinished(() => mobile.stop())
  await mobile.mocks.setFault('identity', { hang: true })
  for (const [ask, budgetMs] of [
    [() => mobile.get('/v1/home'), 500],
    [() => mobile.send('POST', '/v1/cart/items', { sku: 'HB-1001', quantity: 1 }), 800],
  ] as const) {
    const startedAt = performance.now()
    const { status, json } = await ask()
    expect(performance.now() - startedAt).toBeLessThan(budgetMs + 300)
    expect([status, json.code]).toEqual([504, 'UPSTREAM_TIMEOUT'])
  }
})

test('with more to do than can be done in time, what waited longer than its budget is refused at once', async () => {
  const mobile = await startMobile({ cached: true })
  onTestFinished(() => mobile.stop())
  const { productId } = mobile.demo
  await mobile.get(`/v1/products/${productId}`)
  let handled = 0
  const part = httpPart({
    name: 'test',
    host: '127.0.0.1',
    port: 0,
    portSetting: 'PORT',
    fetch: (request, env) => {
      handled++
      // Every request costs 50 ms of the process: 40 at a time are 2 s of work for a budget of 300 ms.
      const until = performance.now() + 50
      while (performance.now() < until);
      return mobile.app.fetch(request, env)
    },
  })
  const address = (await part.start()) ?? ''
  onTestFinished(() => part.stop())
  const startedAt = performance.now()
  const answers = await Promise.all(
    Array.from({ length: 40 }, async () => {
      const answer = await fetch(`${address}/v1/products/${productId}`)
      const body = await answer.text()
      return { answer, body, ms: performance.now() - startedAt }
    }),
  )
  expect(handled).toBe(40)
  const refused = answers.filter(({ answer }) => answer.status === 503)
  expect(refused.length).toBeGreaterThan(10)
  for (const { answer, body } of refused) {
    expect(JSON.parse(body)).toMatchObject({ code: 'OVERLOADED', retryable: true })
    expect(answer.headers.get('retry-after')).toBe('1')
    expect(answer.headers.get('cache-control')).toContain('no-store')
  }
  expect(answers.some(({ answer }) => answer.status === 200)).toBe(true)
})
