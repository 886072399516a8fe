import { get, type IncomingHttpHeaders } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { entityTags } from '@harbor/shared-clients'
import { readyAnswers } from '@harbor/shared-edge/http/ready-answers'
import { createRateLimiter } from '@harbor/shared-edge/limits/rate-limiter'
import { countAddress, rateLimiting } from '@harbor/shared-edge/limits/rate-limiting'
import { httpPart } from '@harbor/shared-runtime/http-server'
import { createLog } from '@harbor/shared-runtime/log'
import { type RequestFacts, requestEvents } from '@harbor/shared-runtime/telemetry/request'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { useMobile } from '../mobile.ts'

const POINTS = 100_000
const log = createLog('test', 'silent')
const limiter = createRateLimiter({
  name: 'test',
  policies: [{ name: 'address', per: 'address', points: POINTS, seconds: 3_600 }],
  redis: undefined,
  secret: 'a-secret',
  log,
})
const lines: Record<string, unknown>[] = []
const { learn, first } = readyAnswers({
  log: { ...log, info: (line: object) => void lines.push({ ...line }) },
  addresses: countAddress(limiter, undefined),
})
const frameworkLines: Record<string, unknown>[] = []
const mobile = useMobile({
  cached: true,
  patient: true,
  learn,
  limits: rateLimiting(limiter, undefined),
  log: Object.assign(Object.create(log), {
    info: (line: object) => void frameworkLines.push({ ...line }),
  }),
})

let isFirst = false
const answeredFirst = { count: 0 }
const part = (name: string, before: typeof first | undefined) =>
  httpPart({
    name,
    host: '127.0.0.1',
    port: 0,
    portSetting: 'PORT',
    fetch: (request, env) => mobile.app.fetch(request, env),
    first: before,
  })
const servers = {
  framework: part('framework', undefined),
  ready: part('ready', (request, response, otherwise) => {
    isFirst = true
    first(request, response, () => {
      isFirst = false
      otherwise()
    })
    if (isFirst) answeredFirst.count++
  }),
}
const addresses = { framework: '', ready: '' }
const facts: RequestFacts[] = []
const note = (message: unknown) => void facts.push(message as RequestFacts)

beforeAll(async () => {
  addresses.framework = (await servers.framework.start()) ?? ''
  addresses.ready = (await servers.ready.start()) ?? ''
  requestEvents.finished.subscribe(note)
})
afterAll(async () => {
  requestEvents.finished.unsubscribe(note)
  await servers.framework.stop()
  await servers.ready.stop()
  await limiter.close()
})
beforeEach(() => {
  facts.length = 0
  answeredFirst.count = 0
})

type Heard = { status: number; headers: IncomingHttpHeaders; body: string }
const ask = (address: string, path: string, headers: Record<string, string | undefined>) =>
  new Promise<Heard>((resolve, reject) => {
    get(address + path, { headers: { ...headers }, agent: false }, async (answer) => {
      const { statusCode: status = 0 } = answer
      resolve({ status, headers: answer.headers, body: (await buffer(answer)).toString('base64') })
    }).on('error', reject)
  })

const used = () => POINTS - Number(/(?<=r=)\d+/.exec(lastLimit)?.[0] ?? Number.NaN)
let lastLimit = ''

/** What is allowed to differ: times, and ids of the request. */
function comparable({ status, headers, body }: Heard) {
  const {
    date: _,
    'x-trace-id': trace,
    'server-timing': timing,
    age,
    'cache-status': cache,
    ...same
  } = headers
  expect(trace).toMatch(/^[0-9a-f]{32}$/)
  expect(timing).toMatch(/^total;dur=\d+(\.\d)?$/)
  const { ratelimit, ...rest } = same
  if (ratelimit !== undefined) lastLimit = String(ratelimit)
  return {
    status,
    // A problem names its trace.
    body: status < 400 ? body : Buffer.from(body, 'base64').toString().replace(String(trace), 'trace'),
    headers: rest,
    limited: ratelimit !== undefined,
    hasAge: age !== undefined,
    cache: String(cache).replace(/ttl=\d+/, 'ttl'),
  }
}

const path = fc.constantFrom(
  ...[
    '/v1/products/p1001?locale=de&format=json',
    '/v1/products/p1001',
    '/v1/products?limit=5&locale=en&format=json',
  ],
  ...[
    '/v1/products/p1001?utm_source=x',
    '/v1/search?q=pan&locale=fr&format=cbor',
    '/v1/products/a,b',
    '/v1/nothing',
  ],
)
const choosing = fc.record(
  {
    accept: fc.constantFrom('*/*', 'application/json', 'application/cbor', 'text/html'),
    'accept-encoding': fc.constantFrom('br', 'gzip', 'zstd, gzip;q=0.5', 'identity'),
    'accept-language': fc.constantFrom('de', 'en-GB,en;q=0.8', 'xx'),
    'app-version': fc.constantFrom('harbor/3.2.1 (ios)', 'harbor/3.2.1 (web)', 'nonsense'),
    'if-none-match': fc.constantFrom('*', '"nope"', 'W/"nope"', 'etag'),
    traceparent: fc.constant('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'),
    'user-agent': fc.constant('test'),
  },
  { requiredKeys: [] },
)
/** Headers that may matter, so that the framework has to answer. */
const mattering = fc.constantFrom<Record<string, string>>(
  { 'if-match': '"nope"' },
  { range: 'bytes=0-1' },
  { cookie: 'a=b' },
  { 'x-unknown': '1' },
)
const headers = fc
  .tuple(choosing, fc.oneof({ arbitrary: fc.constant({}), weight: 5 }, { arbitrary: mattering, weight: 1 }))
  .map(([some, more]): Record<string, string | undefined> => ({ ...some, ...more }))

it('property: a request is answered, logged, counted and published the same before the framework as by it', async () => {
  await fc.assert(
    fc.asyncProperty(path, headers, async (path, given) => {
      const { headers: known } = await ask(addresses.framework, path, {})
      const sent = {
        ...given,
        ...(given['if-none-match'] === 'etag' && { 'if-none-match': String(known.etag) }),
      }
      // Twice, so that the second is a hit that can be sent again.
      await ask(addresses.framework, path, sent)
      facts.length = 0
      frameworkLines.length = 0
      lines.length = 0
      const byFramework = await ask(addresses.framework, path, sent)
      const expected = comparable(byFramework)
      const usedBefore = used()
      const early = comparable(await ask(addresses.ready, path, sent))
      expect(early).toEqual(expected)
      if (early.limited) expect(used()).toBe(usedBefore + 1)
      const [one, other] = facts
      expect(facts).toHaveLength(2)
      for (const name of [
        'kind',
        'name',
        'budgetMs',
        'consumer',
        'status',
        'degraded',
        'problem',
        'bytesOut',
      ] as const)
        expect([name, other?.[name]]).toEqual([name, one?.[name]])
      expect(other?.cache?.replace(/\d+/, '')).toBe(one?.cache?.replace(/\d+/, ''))
      const [line, otherLine] = [...frameworkLines, ...lines].map(
        ({ ms: _, traceId: __, cache: ___, ...same }) => same,
      )
      expect(otherLine).toEqual(line)
    }),
    { numRuns: 200 },
  )
  // Not vacuous: a good part was answered early.
  expect(answeredFirst.count).toBeGreaterThan(30)
}, 60_000)

const PRODUCT = '/v1/products/p1001?locale=de&format=json'

it('a hit calls no upstream, and a purge ends it at once', async () => {
  for (let i = 0; i < 3; i++) await ask(addresses.ready, PRODUCT, {})
  expect(answeredFirst.count).toBeGreaterThanOrEqual(1)
  mobile.mocks.resetCalls()
  expect((await ask(addresses.ready, PRODUCT, {})).headers['cache-status']).toMatch(/^harbor; hit/)
  expect(mobile.calls()).toEqual({})
  const before = answeredFirst.count
  await mobile.cache?.invalidate(entityTags({ product: ['p1001'] }))
  expect((await ask(addresses.ready, PRODUCT, {})).headers['cache-status']).toMatch(/fwd=miss/)
  expect(answeredFirst.count).toBe(before)
})

it('every request counts for the usage of its route by app', async () => {
  const app = 'harbor/9.9.9 (ios)'
  for (let i = 0; i < 5; i++) await ask(addresses.ready, PRODUCT, { 'app-version': app })
  expect(answeredFirst.count).toBeGreaterThanOrEqual(3)
  const report = await mobile.ledger.report()
  const { apps = [] } = report.find(({ route }) => route === 'GET /v1/products/{id}') ?? {}
  expect(apps.find((one) => one.app === app)?.requests).toBe(5)
})

it('a request that is handed over to the framework is counted once', async () => {
  const path = '/v1/products/p1001?utm_source=x'
  const left = async () =>
    Number(/r=(\d+)/.exec(String((await ask(addresses.ready, path, {})).headers.ratelimit))?.[1])
  // A miss, a hit, and the hit sent again.
  await left()
  await left()
  const before = await left()
  expect(answeredFirst.count).toBe(1)
  await mobile.cache?.invalidate(entityTags({ product: ['p1001'] }))
  expect(await left()).toBe(before - 1)
  expect(answeredFirst.count).toBe(1)
})
