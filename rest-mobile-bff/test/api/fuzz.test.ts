import { httpPart } from '@harbor/shared-runtime/http-server'
import { anyRequest } from '@harbor/shared-testing/fuzz-http'
import { checkAnswers, FUZZ_TIMEOUT_MS, fuzz } from '@harbor/shared-testing/fuzzing'
import { expect, onTestFinished, test } from 'vitest'
import { apiRoutes } from '../../src/app.ts'
import { useMobile } from '../mobile.ts'

const mobile = useMobile()

test(
  'whatever is sent is answered without a server error, a stack or a changed prototype',
  async () => {
    const { app, demo } = mobile
    const part = httpPart({ name: 'http', fetch: app.fetch, host: '127.0.0.1', port: 0, portSetting: 'PORT' })
    const address = (await part.start()) ?? ''
    onTestFinished(() => part.stop())
    const { check, statuses } = checkAnswers(() => Number(new URL(address).port))
    const examples: Record<string, string> = { id: demo.productId, sku: 'HB-1001' }
    const requests = anyRequest({
      targets: [
        ...apiRoutes().map(
          ({ method, path }) =>
            [method, path.replace(/\{(\w+)\}/g, (_, name) => examples[name] ?? 'x1')] as const,
        ),
        ['GET', `/v2/checkout-summary?cartId=${demo.cartId}`],
        ['GET', '/v1/products?category=cat-01&limit=5'],
        ['GET', '/docs'],
        ['GET', '/docs/start.js'],
        ['HEAD', '/openapi.json'],
      ],
      headers: [
        ['authorization', `Bearer ${demo.mobileAccessToken}`],
        ['accept-language', 'de-DE, en;q=0.5'],
        ['accept-encoding', 'gzip, br'],
        ['if-none-match', '*'],
        ['traceparent', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'],
        ['idempotency-key', 'one-for-all-that-is-fuzzed'],
      ],
    })
    await fuzz(requests, check)
    expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400, 401, 404, 405]))
    if (process.env.SOAK === 'true') process.stdout.write(`mobile ${JSON.stringify([...statuses])}\n`)
    const normal = await fetch(`${address}/v1/products/${demo.productId}`)
    expect([normal.status, (await normal.json()).id]).toEqual([200, demo.productId])
  },
  FUZZ_TIMEOUT_MS,
)
