import { holdsHttpEdges } from '@harbor/shared-testing/http-edges'
import { afterAll, beforeAll } from 'vitest'
import { DEMO_KEY, runFilledApp } from '../run-app.ts'

let app: Awaited<ReturnType<typeof runFilledApp>>
beforeAll(async () => {
  app = await runFilledApp({ COAP_PLAIN_DEVICE: '' })
})
afterAll(() => app.stop())

holdsHttpEdges('devices', {
  port: () => Number(new URL(app.addresses.http ?? '').port),
  path: '/s/HB-1001',
  headers: [`k: ${DEMO_KEY}`],
  allow: 'GET, HEAD',
})
