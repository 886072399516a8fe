import type { Demo } from '@harbor/mock-services'
import { random } from '@harbor/shared-testing/seed'
import { findTool } from '@harbor/shared-testing/tools'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  Catalogue,
  Dashboard,
  type PersistedOperation,
  ProductPage,
} from '../../examples/web-dashboard/src/gen/operations.ts'
import { publicUrl } from '../../examples/web-dashboard/src/graph/public-url.ts'
import { publicUrl as addressOf, type Running, startProcess, upstreamAddresses } from './harness.ts'
import {
  freePort,
  type SharedCache,
  type StartProxy,
  startNginx,
  startRelay,
  startVarnish,
} from './proxies.ts'
import { CSRF, logInTo } from './web-client.ts'

const CACHES: readonly { name: string; tool: string; start: StartProxy; purgeBy: string }[] = [
  { name: 'nginx', tool: 'nginx', start: startNginx, purgeBy: 'urls' },
  { name: 'Varnish', tool: 'varnishd', start: startVarnish, purgeBy: 'tags' },
]

type World = {
  proxy: SharedCache
  relay: Awaited<ReturnType<typeof startRelay>>
  bff: Running
  mocks: Running
  control: string
  demo: Demo
  /** The cookie of a customer who is logged in. */
  cookie: string
}

/** The address that the page of the dashboard asks. */
const pageAsks = <Variables>(
  operation: PersistedOperation<unknown, Variables>,
  variables: Variables,
): string => {
  const url = publicUrl(operation, variables)
  if (!url) throw new TypeError(`${operation.name} is not public`)
  return url
}

describe.each(CACHES)('behind $name, the web BFF', ({ name, tool, start, purgeBy }) => {
  const path = findTool(tool)
  const world = {} as World

  beforeAll(async () => {
    if (path === undefined) return
    const [port, webPort] = [await freePort(), await freePort()]
    const mocks = await startProcess('mock-services', { WEB_BFF_URL: `http://localhost:${webPort}` })
    const control = mocks.addresses.control ?? ''
    const demo: Demo = await (await fetch(`${control}/demo`)).json()
    await fetch(`${control}/faults`, { method: 'DELETE' })
    const relay = await startRelay()
    const bff = await startProcess('graphql-bff', {
      ...upstreamAddresses(demo.services),
      PORT: String(webPort),
      EVENTS_URL: `${control}/events`,
      CDN_PURGE_URL: `http://127.0.0.1:${port}`,
      CDN_PURGE_BY: purgeBy,
    })
    relay.state.target = bff.addresses.http ?? ''
    const proxy = await start(path, { port, bff: relay.host })
    const cookie = await logInTo({ web: addressOf(bff) }, demo.customer)
    Object.assign(world, { proxy, relay, bff, mocks, control, demo, cookie })
  })
  afterAll(async () => {
    for (const part of [world.proxy, world.bff, world.relay, world.mocks]) await part?.stop()
  })

  const ask = async (url: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(world.proxy.address + url, { headers })
    const text = await answer.text()
    return {
      status: answer.status,
      headers: answer.headers,
      text,
      json: text === '' ? undefined : JSON.parse(text),
    }
  }
  /** Until it is whole: the first requests of a process pay for compilation. */
  const warm = async (url: string) => {
    for (let attempt = 0; attempt < 20; attempt++) {
      const { status, json } = await ask(url)
      if (status === 200 && json.errors === undefined) return
    }
  }
  const change = (place: string, body: object) =>
    fetch(`${world.control}${place}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })

  it.skipIf(path === undefined)(
    'a public query is a hit, for whoever is logged in, too, and a 304',
    async () => {
      const url = pageAsks(ProductPage, { id: 'p1101', reviews: 6 })
      await warm(url)
      const first = await ask(url)
      expect(first.headers.get('cache-control')).toMatch(/^public, max-age=5, s-maxage=300/)
      const before = world.relay.state.requests
      for (const headers of [
        {},
        { cookie: world.cookie },
        { 'accept-language': 'ja' },
        { 'accept-encoding': 'identity' },
      ]) {
        const hit = await ask(url, headers)
        expect([hit.text, hit.headers.get('cache-status')]).toEqual([
          first.text,
          expect.stringMatching(/hit$/),
        ])
      }
      const again = await ask(url, { 'if-none-match': first.headers.get('etag') ?? '' })
      expect([again.status, again.text]).toEqual([304, ''])
      expect(again.headers.get('cache-control')).toBe(first.headers.get('cache-control'))
      expect(world.relay.state.requests).toBe(before)
    },
  )

  it.skipIf(path === undefined)(
    'a new price and a new stock are seen within two seconds: they are purged',
    async () => {
      const page = pageAsks(ProductPage, { id: 'p1702' })
      const list = pageAsks(Catalogue, { category: 'cat-04', first: 3 })
      await warm(page)
      await warm(list)
      const { id } = (await ask(list)).json.data.catalogue.edges[0].node
      const amount = 100 + Math.floor(random() * 100_000)
      const available = 100 + Math.floor(random() * 100_000)
      const cases: [string, string, object, () => Promise<unknown>, unknown][] = [
        [
          page,
          '/prices/HB-1702',
          { saleMinor: amount },
          async () => (await ask(page)).json.data.product.price?.amount,
          amount,
        ],
        [
          page,
          '/stock/ber/HB-1702',
          { available },
          async () =>
            (await ask(page)).json.data.product.stock?.find(
              ({ warehouse }: { warehouse: string }) => warehouse === 'BERLIN',
            )?.available,
          available,
        ],
        [
          list,
          `/prices/HB-${id.slice(1)}`,
          { saleMinor: 4_242 },
          async () => (await ask(list)).json.data.catalogue.edges[0].node.price?.formatted,
          '€42.42',
        ],
      ]
      for (const [url, place, body, shown, expected] of cases) {
        await expect.poll(async () => (await ask(url)).headers.get('cache-status')).toMatch(/hit$/)
        expect((await change(place, body)).ok).toBe(true)
        const changedAt = performance.now()
        await expect.poll(shown, { timeout: 2_000, interval: 10 }).toBe(expected)
        process.stdout.write(
          `${name}: ${place} was seen after ${Math.round(performance.now() - changedAt)} ms\n`,
        )
      }
    },
  )

  it.skipIf(path === undefined)('an answer with errors is never kept', async () => {
    const url = pageAsks(ProductPage, { id: 'p1303' })
    await warm(pageAsks(ProductPage, { id: 'p1304' }))
    const before = await world.proxy.kept()
    await change('/faults/inventory', { errorRate: 1 })
    for (let n = 0; n < 3; n++) {
      const { status, headers, json } = await ask(url)
      expect([status, headers.get('cache-control'), json.data.product.stock]).toEqual([200, 'no-store', null])
      expect(headers.get('cache-status')).not.toMatch(/hit$/)
    }
    await fetch(`${world.control}/faults`, { method: 'DELETE' })
    // A purge may still take something away.
    expect(await world.proxy.kept()).toBeLessThanOrEqual(before)
    await expect.poll(async () => (await ask(url)).json.errors, { timeout: 10_000 }).toBeUndefined()
  })

  it.skipIf(path === undefined)('an answer to a user is never kept', async () => {
    const query = new URLSearchParams({ documentId: `sha256:${Dashboard.hash}`, variables: '{}' })
    const before = await world.proxy.kept()
    for (let n = 0; n < 3; n++) {
      const mine = await ask(`/graphql?${query}`, { ...CSRF, cookie: world.cookie })
      expect([mine.status, mine.headers.get('cache-control')]).toEqual([200, 'no-store'])
      expect(mine.json.data.viewer.displayName).toBe('Ada L.')
      const nobody = await ask(`/graphql?${query}`, CSRF)
      expect([nobody.status, nobody.json.data]).toEqual([401, null])
      const asPublic = await ask(`/graphql/public?${query}`, { cookie: world.cookie })
      expect([asPublic.status, asPublic.headers.get('cache-control')]).toEqual([404, 'no-store'])
    }
    // A purge may still take something away.
    expect(await world.proxy.kept()).toBeLessThanOrEqual(before)
  })
})
