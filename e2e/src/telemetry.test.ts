import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { random } from '@harbor/shared-testing/seed'
import { scaled } from '@harbor/shared-testing/soak'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  CANARY,
  CANARY_EMAIL,
  CANARY_NUMBER,
  CANARY_PHONE,
  type CanaryProxy,
  startCanaryProxy,
} from './canary-proxy.ts'
import { type Running, type System, startProcess, startSystem, upstreamAddresses } from './harness.ts'
import { CSRF, operationHashes } from './web-client.ts'

const Span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
})
const Traces = z.object({
  resourceSpans: z.array(z.object({ scopeSpans: z.array(z.object({ spans: z.array(Span) })) })),
})
const Explained = z.object({
  requests: z.array(
    z.object({
      name: z.string(),
      cause: z.object({
        sentence: z.string(),
        upstream: z.string().optional(),
        fault: z.string().optional(),
      }),
      calls: z.array(
        z.object({ upstream: z.string(), fault: z.object({ upstream: z.string() }).optional() }),
      ),
    }),
  ),
})

let system: System
const bearer = () => ({ authorization: `Bearer ${system.demo.mobileAccessToken}` })
const management = (process: Running) => process.addresses.management ?? ''
const metrics = async (process: Running) => (await fetch(`${management(process)}/metrics`)).text()

/** The values of a metric, by its labels. */
const read = (text: string, name: string): Map<string, number> =>
  new Map(
    text
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`))
      .map((line) => [
        line.slice(name.length, line.lastIndexOf(' ')),
        Number(line.slice(line.lastIndexOf(' '))),
      ]),
  )

const sumOf = (values: Map<string, number>, label: string): number =>
  [...values].reduce((sum, [labels, value]) => (labels.includes(label) ? sum + value : sum), 0)

beforeAll(async () => {
  system = await startSystem()
})
afterAll(() => system.stop())
beforeEach(() => system.heal())

describe('metrics', () => {
  it('count every request of every kind once, and hold nothing of what was asked', async () => {
    const { mobile, web, demo, mobileProcess, webProcess, devices } = system
    const counts = async (process: Running, label: string) =>
      sumOf(read(await metrics(process), 'harbor_requests_total'), label)
    const hash = (await operationHashes(web)).ProductPage
    const ask = [
      [mobileProcess, 'name="home"', 7, () => fetch(`${mobile}/v1/home`, { headers: bearer() })],
      [mobileProcess, 'name="product"', 5, () => fetch(`${mobile}/v1/products/${demo.productId}`)],
      [mobileProcess, 'name="search"', 3, () => fetch(`${mobile}/v1/search?q=secretword`)],
      [mobileProcess, 'status="4xx"', 4, () => fetch(`${mobile}/v1/products/p-secret-${CANARY}`)],
      [
        webProcess,
        'name="ProductPage"',
        6,
        () =>
          fetch(`${web}/graphql`, {
            method: 'POST',
            headers: { ...CSRF, 'content-type': 'application/json' },
            body: JSON.stringify({ documentId: `sha256:${hash}`, variables: { id: demo.productId } }),
          }),
      ],
    ] as const
    for (const [process, label, times, send] of ask) {
      const before = await counts(process, label)
      for (let i = 0; i < times; i++) await (await send()).arrayBuffer()
      expect((await counts(process, label)) - before, label).toBe(times)
    }
    const flag = `${devices.addresses.http}/s/${demo.sku}`
    for (let i = 0; i < 9; i++) await (await fetch(flag, { headers: { k: demo.device.key } })).arrayBuffer()
    const messages = read(await metrics(devices), 'harbor_device_messages_total')
    expect(sumOf(messages, 'protocol="http",message="flag",status="2xx"')).toBe(9)
    expect(sumOf(read(await metrics(devices), 'harbor_stock_feed_live'), '')).toBe(1)
    for (const process of [mobileProcess, webProcess, devices]) {
      const text = await metrics(process)
      for (const secret of [
        'secretword',
        CANARY,
        demo.productId,
        demo.customer.id,
        demo.device.key,
        demo.sku,
      ])
        expect(text.includes(secret), secret).toBe(false)
    }
  })
})

describe('the line of a request', () => {
  it('says who asked for what, which upstreams were called and how many bytes were sent', async () => {
    const answer = await fetch(`${system.mobile}/v1/home`, {
      headers: { ...bearer(), 'accept-encoding': 'identity' },
    })
    const body = await answer.text()
    const traceId = answer.headers.get('x-trace-id') ?? ''
    const found = () =>
      system.mobileProcess.lines.find((line) => line.includes(traceId) && line.includes('"request"'))
    await expect.poll(found).toBeDefined()
    expect(JSON.parse(found() ?? '')).toMatchObject({
      screen: 'home',
      consumer: 'customer',
      status: 200,
      upstreams: { customers: 1, orders: 1, recommendations: 1, notifications: 1 },
      bytesOut: Buffer.byteLength(body),
    })
  })
})

describe('explain', () => {
  const FAULTS = {
    error: { fault: { errorRate: 1 }, kinds: ['server-error'] },
    hang: { fault: { hang: true }, kinds: ['timeout'] },
    malformed: { fault: { malformed: true }, kinds: ['malformed'] },
    refuse: { fault: { refuse: true }, kinds: ['connection'] },
    slow: { fault: { latencyMs: 130 }, kinds: ['slow', 'timeout', undefined] },
  } as const
  /** True causes, too: what an upstream did before has kept it from being called now. */
  const CONSEQUENCES = ['breaker-open', 'skipped']
  const SCREENS = [
    ['/v1/home', ['customers', 'orders', 'recommendations', 'notifications']],
    ['/v1/orders', ['orders']],
    ['/v1/notifications', ['notifications']],
    ['/v1/cart', ['cart']],
  ] as const

  /** Waits until every circuit breaker is closed again. */
  async function well() {
    for (const process of [system.mobileProcess, system.webProcess])
      await expect
        .poll(async () => {
          for (const [path] of SCREENS)
            await (await fetch(system.mobile + path, { headers: bearer() })).arrayBuffer()
          await (await page(system.demo.productId)).arrayBuffer()
          const open = [...read(await metrics(process), 'harbor_upstream_breaker_state')]
          return open.filter(([labels, value]) => !labels.includes('"closed"') && value > 0)
        })
        .toEqual([])
  }

  let hash: string | undefined
  const page = (id: string) =>
    fetch(`${system.web}/graphql`, {
      method: 'POST',
      headers: { ...CSRF, 'content-type': 'application/json' },
      body: JSON.stringify({ documentId: `sha256:${hash}`, variables: { id } }),
    })

  async function causeOf(process: Running, traceId: string) {
    const answer = await fetch(`${management(process)}/explain/${traceId}`)
    const [request] = Explained.parse(await answer.json()).requests
    if (!request) throw new Error('it is not held')
    return request
  }

  it('names the fault and the upstream of every request with a fault at random', async () => {
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
    const products = z
      .object({ items: z.array(z.object({ id: z.string() })) })
      .parse(await (await fetch(`${system.mobile}/v1/products?limit=50`)).json()).items
    hash = (await operationHashes(system.web)).ProductPage
    const total = scaled(80, 1_000)
    const wrong: unknown[] = []
    let consequences = 0
    let noise = 0
    for (let i = 0; i < total; i++) {
      const [name, { fault, kinds }] = pick(Object.entries(FAULTS))
      const isWeb = random() < 0.4
      const [path, upstreams] = pick(SCREENS)
      const upstream = isWeb ? 'recommendations' : pick(upstreams)
      await system.fault(upstream, fault)
      const answer = isWeb
        ? await page(pick(products).id)
        : await fetch(system.mobile + path, { headers: bearer() })
      await answer.arrayBuffer()
      await system.heal()
      const request = await causeOf(
        isWeb ? system.webProcess : system.mobileProcess,
        answer.headers.get('x-trace-id') ?? '',
      )
      const { cause } = request
      const consequence = cause.upstream === upstream && CONSEQUENCES.includes(cause.fault ?? '')
      if (consequence) {
        consequences++
        await well()
      }
      // A busy machine makes another upstream late, which is then what the answer suffered from.
      const other = request.calls.some((call) => call.fault && call.fault.upstream !== upstream)
      const isRight =
        cause.upstream === upstream &&
        cause.sentence.includes(upstream) &&
        (consequence || kinds.some((kind) => kind === cause.fault))
      if (!isRight && other) noise++
      else if (!isRight)
        wrong.push({ name, upstream, path: isWeb ? 'ProductPage' : path, status: answer.status, request })
    }
    expect(wrong.slice(0, 3)).toEqual([])
    expect(consequences).toBeLessThan(total / 4)
    expect(noise).toBeLessThan(total / 10)
  })

  it('is a page for a browser, without a script, and lists what went wrong', async () => {
    hash = (await operationHashes(system.web)).ProductPage
    await well()
    await system.fault('recommendations', { errorRate: 1 })
    const answer = await fetch(`${system.mobile}/v1/home`, { headers: bearer() })
    expect(answer.headers.get('x-degraded')).toBe('recommendations')
    const traceId = answer.headers.get('x-trace-id') ?? ''
    const base = management(system.mobileProcess)
    const list = await (await fetch(`${base}/explain?kept=degraded&name=home`)).json()
    expect(list.requests[0]).toMatchObject({ traceId, name: 'home', degraded: ['recommendations'] })
    const page = await fetch(`${base}/explain/${traceId}`, { headers: { accept: 'text/html' } })
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    const text = await page.text()
    expect(text).toContain('recommendations answered 503')
    expect(text).not.toMatch(/<script|style="|onload/)
    expect((await fetch(`${base}/explain/style.css`)).headers.get('content-type')).toContain('text/css')
    expect((await fetch(`${base}/explain/${'0'.repeat(32)}`)).status).toBe(404)
  })
})

describe('traces', () => {
  it('are one tree from the consumer to every upstream, and hold nothing private', async () => {
    const received: string[] = []
    const collector = createServer(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      received.push(Buffer.concat(chunks).toString())
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
    const proxies = new Map<string, CanaryProxy>()
    for (const name of ['customers', 'cart', 'orders', 'recommendations', 'notifications'] as const)
      proxies.set(name, await startCanaryProxy(system.demo.services[name]))
    const addresses = { ...system.demo.services }
    for (const [name, { address }] of proxies) Object.assign(addresses, { [name]: address })
    const mobile = await startProcess('rest-mobile-bff', {
      ...upstreamAddresses(addresses),
      EVENTS_URL: `${system.control}/events`,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
      TRACE_SAMPLE_RATIO: '1',
    })
    const traceId = 'ab'.repeat(16)
    const consumerSpan = 'cd'.repeat(8)
    const home = () =>
      fetch(`${mobile.addresses.http}/v1/home`, {
        headers: { ...bearer(), traceparent: `00-${traceId}-${consumerSpan}-00`, baggage: `who=${CANARY}` },
      })
    await (await home()).arrayBuffer()
    for (const proxy of proxies.values()) proxy.breakDown()
    await (await home()).arrayBuffer()
    const explain = await (await fetch(`${management(mobile)}/explain/${traceId}`)).text()
    const page = await (
      await fetch(`${management(mobile)}/explain/${traceId}`, { headers: { accept: 'text/html' } })
    ).text()
    const measured = await metrics(mobile)
    await mobile.stop()
    collector.close()

    const spans = received
      .flatMap((text) => Traces.parse(JSON.parse(text)).resourceSpans)
      .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
      .filter((span) => span.traceId === traceId)
    const ids = new Set([consumerSpan, ...spans.map(({ spanId }) => spanId)])
    expect(spans.filter(({ parentSpanId }) => !ids.has(parentSpanId ?? ''))).toEqual([])
    expect(spans.filter(({ name }) => name === 'screen home')).toHaveLength(2)
    for (const [name, proxy] of proxies) {
      const told = proxy.asked.map(({ headers }) => /00-(\w{32})-(\w{16})-01/.exec(headers) ?? [])
      const mine = told.filter(([, trace]) => trace === traceId)
      expect(mine.length, name).toBeGreaterThan(0)
      for (const [, , parent] of mine)
        expect(spans.find(({ spanId }) => spanId === parent)?.name, name).toContain(`${name} GET`)
      expect(proxy.asked.some(({ headers }) => headers.includes('baggage'))).toBe(false)
    }
    const { demo } = system
    const secrets = [
      CANARY,
      CANARY_EMAIL,
      CANARY_PHONE,
      String(CANARY_NUMBER),
      demo.customer.id,
      demo.mobileAccessToken,
    ]
    for (const text of [received.join(), explain, page, measured])
      for (const secret of secrets) expect(text.includes(secret), secret).toBe(false)
    for (const proxy of proxies.values()) proxy.close()
  })
})
