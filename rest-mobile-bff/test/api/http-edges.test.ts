import { httpPart } from '@harbor/shared-runtime/http-server'
import { holdsHttpEdges } from '@harbor/shared-testing/http-edges'
import { afterAll, beforeAll } from 'vitest'
import { useMobile } from '../mobile.ts'

const mobile = useMobile()
const part = httpPart({
  name: 'http',
  host: '127.0.0.1',
  port: 0,
  portSetting: 'PORT',
  fetch: (request, env) => mobile.app.fetch(request, env),
})
let port = 0
beforeAll(async () => {
  port = Number(new URL((await part.start()) ?? '').port)
})
afterAll(() => part.stop())

holdsHttpEdges('mobile', { port: () => port, path: '/v1/products/p1001', allow: 'GET, HEAD' })
