import type { Demo } from '@harbor/mock-services'
import { random } from '@harbor/shared-testing/seed'
import { scaled } from '@harbor/shared-testing/soak'
import { findTool } from '@harbor/shared-testing/tools'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTokens } from '../../mock-services/src/auth.ts'
import { type Running, startProcess, upstreamAddresses } from './harness.ts'
import {
  freePort,
  type SharedCache,
  type StartProxy,
  startNginx,
  startRelay,
  startVarnish,
} from './proxies.ts'

type System = { control: string; services: Demo['services']; stop(): Promise<unknown> }
const system = {} as System
beforeAll(async () => {
  const mocks = await startProcess('mock-services')
  const control = mocks.addresses.control ?? ''
  const { services } = await (await fetch(`${control}/demo`)).json()
  Object.assign(system, { control, services, stop: () => mocks.stop() })
  await fetch(`${control}/faults`, { method: 'DELETE' })
})
afterAll(() => system.stop())

const CACHES: readonly { name: string; tool: string; start: StartProxy; purgeBy: string }[] = [
  { name: 'nginx', tool: 'nginx', start: startNginx, purgeBy: 'urls' },
  { name: 'Varnish', tool: 'varnishd', start: startVarnish, purgeBy: 'tags' },
]

const PRODUCTS = scaled(300, 2_000)
const REQUESTS = scaled(3_000, 40_000)
const HEADER_SETS = 1_000
const SIDE_BY_SIDE = 16

describe.each(CACHES)('behind $name', ({ name, tool, start, purgeBy }) => {
  const path = findTool(tool)
  const world = {} as { proxy: SharedCache; relay: Awaited<ReturnType<typeof startRelay>>; bff: Running }

  beforeAll(async () => {
    if (path === undefined) return
    const port = await freePort()
    const relay = await startRelay()
    const bff = await startProcess('rest-mobile-bff', {
      ...upstreamAddresses(system.services),
      EVENTS_URL: `${system.control}/events`,
      CDN_PURGE_URL: `http://127.0.0.1:${port}`,
      CDN_PURGE_BY: purgeBy,
    })
    relay.state.target = bff.addresses.http ?? ''
    const proxy = await start(path, { port, bff: relay.host })
    Object.assign(world, { proxy, relay, bff })
  })
  afterAll(async () => {
    await world.proxy?.stop()
    await world.bff?.stop()
    await world.relay?.stop()
  })

  const ask = async (url: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(world.proxy.address + url, { headers })
    const text = await answer.text()
    return {
      status: answer.status,
      headers: answer.headers,
      text,
      whole: answer.ok && !answer.headers.has('x-degraded'),
    }
  }
  /** Until it is whole: the first requests of a process pay for compilation. */
  const warm = async (url: string) => {
    for (let attempt = 0; attempt < 20; attempt++) if ((await ask(url)).whole) return
  }
  const product = (index: number) => `/v1/products/p${1001 + index}?locale=en&format=json`
  const passed = async (act: () => Promise<unknown>): Promise<number> => {
    const before = world.relay.state.requests
    await act()
    return world.relay.state.requests - before
  }

  it.skipIf(path === undefined)(
    'at least 99 of 100 requests of a Zipf load are hits',
    async () => {
      await inParallel(PRODUCTS, (index) => warm(product(index)))
      const next = zipf(PRODUCTS)
      const misses = await passed(() => inParallel(REQUESTS, () => ask(product(next()))))
      process.stdout.write(
        `${name}: ${misses} of ${REQUESTS} requests for ${PRODUCTS} products got through\n`,
      )
      expect(misses / REQUESTS).toBeLessThanOrEqual(0.01)
    },
    300_000,
  )

  it.skipIf(path === undefined)('no private answer is kept: two customers at one URL', async () => {
    const tokens = await createTokens(system.services.identity)
    const scope = 'profile:read cart:read orders:read notifications:read checkout'
    const bearer = async (sub: string) => {
      const claims = { sub, aud: 'mobile-bff', clientId: 'mobile-app', roles: ['customer'], scope }
      return { authorization: `Bearer ${await tokens.issue(claims, 600)}` }
    }
    const [ada, other] = [await bearer('c1001'), await bearer('c1002')]
    const before = await world.proxy.kept()
    for (const url of ['/v1/home', '/v1/home?locale=en&format=json']) {
      const answers = []
      for (const headers of [ada, other, ada, other]) answers.push(await ask(url, headers))
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
      const names = answers.map(({ text }) => JSON.parse(text).customer.name)
      expect(names[0]).not.toBe(names[1])
      expect(names.slice(2)).toEqual(names.slice(0, 2))
      expect((await ask(url)).status).toBe(401)
      expect(answers.every(({ headers }) => headers.get('cache-status')?.endsWith('hit') !== true)).toBe(true)
    }
    expect(await world.proxy.kept()).toBe(before)
  })

  it.skipIf(path === undefined)('a new price is seen within two seconds: it is purged', async () => {
    for (const url of ['/v1/products/p1700?locale=en', '/v1/products?category=cat-03&limit=3&locale=en']) {
      await warm(url)
      const first = await ask(url)
      expect(first.headers.get('cache-status')).toMatch(/hit$/)
      const shown = JSON.parse(first.text)
      const { id } = shown.items?.[0] ?? shown
      const amount = 100 + Math.floor(random() * 100_000)
      const set = await fetch(`${system.control}/prices/HB-${id.slice(1)}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ saleMinor: amount }),
      })
      expect(set.ok).toBe(true)
      const changedAt = performance.now()
      const priceNow = async () => {
        const now = JSON.parse((await ask(url)).text)
        return (now.items?.[0] ?? now).price?.amount
      }
      await expect.poll(priceNow, { timeout: 2_000, interval: 10 }).toBe(amount)
      process.stdout.write(
        `${name}: a price was seen after ${Math.round(performance.now() - changedAt)} ms\n`,
      )
      const before = world.relay.state.requests
      await new Promise((resolve) => setTimeout(resolve, 1_500))
      for (let i = 0; i < 10; i++) await ask(url)
      // Stored again, and not purged for ever; a purge that arrives after the new answer costs a request more.
      expect(world.relay.state.requests - before).toBeLessThanOrEqual(3)
    }
  })

  it.skipIf(path === undefined).each(['/v1/products?limit=19&locale=de&format=json', '/v1/products/p1801'])(
    '%s has at most three variants after 1,000 random sets of headers',
    async (url) => {
      const before = await world.proxy.kept()
      await warm(url)
      const statuses = new Set<number>()
      await inParallel(HEADER_SETS, async () => statuses.add((await ask(url, randomHeaders())).status))
      const kept = async () => (await world.proxy.kept()) - before
      // Varnish's threads add up what they count now and then.
      await expect.poll(kept, { timeout: 5_000 }).toBeGreaterThan(0)
      const variants = await kept()
      process.stdout.write(`${name}: ${variants} variants of ${url}\n`)
      expect([...statuses].every((status) => status === 200 || status === 406)).toBe(true)
      expect(variants).toBeLessThanOrEqual(3)
    },
  )

  it.skipIf(path === undefined)('a hit is answered 304, in whatever coding, as our ETags say', async () => {
    const url = '/v1/products?limit=22&locale=en&format=json'
    await warm(url)
    for (const coding of ['gzip', 'identity', 'br']) {
      const whole = await ask(url, { 'accept-encoding': coding })
      expect(JSON.parse(whole.text).items).toHaveLength(22)
      const etag = whole.headers.get('etag') ?? ''
      const again = await ask(url, { 'accept-encoding': coding, 'if-none-match': etag })
      expect([again.status, again.text]).toEqual([304, ''])
      for (const header of ['cache-control', 'vary', 'schema-version'])
        expect(again.headers.get(header)).toBe(whole.headers.get(header))
    }
  })

  it.skipIf(path === undefined)('with the BFF stopped goes on with what is stale', async () => {
    world.relay.state.sharedMaxAge = 1
    const url = '/v1/products/p1900?locale=en&format=json'
    await warm(url)
    const fresh = await ask(url)
    await world.bff.stop()
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    for (let i = 0; i < 3; i++) {
      const stale = await ask(url)
      expect([stale.status, stale.text]).toEqual([200, fresh.text])
    }
    expect((await ask('/v1/products/p1901')).status).toBeGreaterThanOrEqual(502)
  })
})

/** Numbers from 0 up to `count`, the first the likeliest: the k-th with a weight of 1/k. */
function zipf(count: number): () => number {
  const sums: number[] = []
  for (let k = 1; k <= count; k++) sums.push((sums.at(-1) ?? 0) + 1 / k)
  const total = sums.at(-1) ?? 0
  return () => {
    const drawn = random() * total
    return sums.findIndex((sum) => sum >= drawn)
  }
}

async function inParallel(times: number, act: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0
  const lane = async () => {
    while (next < times) await act(next++)
  }
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, lane))
}

function randomHeaders(): Record<string, string> {
  const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T
  const quality = () => one(['', ';q=0.9', ';q=0.5', ';q=0.1'])
  const some = (of: readonly string[]) =>
    of
      .filter(() => random() < 0.5)
      .sort(() => random() - 0.5)
      .map((name) => name + quality())
      .join(one([',', ', ']))
  return {
    'accept-encoding': some(['gzip', 'br', 'zstd', 'deflate', 'identity', '*']),
    'accept-language': some(['en-GB', 'en', 'de', 'de-AT', 'fr', 'ja', 'es', '*']),
    accept: one([
      '*/*',
      'application/json',
      some(['application/json', 'application/cbor', '*/*', 'text/html']),
    ]),
    'user-agent': `app/${random()}`,
    'x-request-id': String(random()),
  }
}
