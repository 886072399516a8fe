import type { Viewer } from '@harbor/shared-runtime/auth'
import { createLog } from '@harbor/shared-runtime/log'
import { createRequestContext, type RequestContext } from '@harbor/shared-runtime/request-context'
import { beforeAll, describe, expect, it } from 'vitest'
import { ACTIONS } from '../../src/actions/index.ts'
import { createApp } from '../../src/app.ts'
import type { Clients } from '../../src/clients.ts'
import { SCREENS } from '../../src/screens/index.ts'
import { useMobile } from '../mobile.ts'

/** What a customer of the seed has, by the form of its id; a new kind of thing that somebody owns is added here. */
const THEIRS = [
  { form: /^k\d+$/, id: 'k1002' },
  { form: /^o\d+$/, id: 'o100255' },
]

type Shape = Readonly<Record<string, { meta(): { example?: unknown } | undefined }>>
/** An example of each input, and another customer's in the place of what a customer owns. */
const inputs = (shape: Shape) =>
  Object.entries(shape).map(([name, schema]) => {
    const example = schema.meta()?.example
    const theirs = THEIRS.find(({ form }) => form.test(String(example)))?.id
    return { name, value: theirs ?? example, isTheirs: theirs !== undefined }
  })

const asked = [
  ...SCREENS.map((screen) => ({ ...screen, method: 'GET', body: undefined })),
  ...ACTIONS.map((action) => ({ ...action, query: { shape: {} } })),
].flatMap(({ name, method, path, params, query, body }) => {
  const [inPath, inQuery, inBody] = [params, query, body ?? { shape: {} }].map(({ shape }) => inputs(shape))
  const all = [...(inPath ?? []), ...(inQuery ?? []), ...(inBody ?? [])]
  if (!all.some(({ isTheirs }) => isTheirs)) return []
  const values = Object.fromEntries(all.map(({ name, value }) => [name, value]))
  const search = new URLSearchParams(inQuery?.map(({ name }) => [name, String(values[name])]))
  const url = `${path.replace(/\{(\w+)\}/g, (_, field) => String(values[field]))}?${search}`
  const given = Object.fromEntries(
    (inBody ?? []).flatMap(({ name, value }) => (value ? [[name, value]] : [])),
  )
  return [{ name, method, url, ...(body && { body: JSON.stringify(given) }) }]
})

describe('a thing of another customer', () => {
  const mobile = useMobile()
  let them: Viewer
  beforeAll(async () => {
    const tokens = await mobile.mocks.tokensOf('c1002')
    const { id, ...rest } = await mobile.viewer()
    them = { ...rest, id: id.replace('c1001', 'c1002') as typeof id, token: tokens?.mobileAccessToken ?? '' }
  })

  /** What services that are wrong about who asks give, and let change. */
  const careless = (context: RequestContext): Clients => {
    const clients = mobile.clients.forRequest({ ...context, viewer: them })
    const cart = { ...clients.cart, ofCustomer: () => clients.cart.ofCustomer(them.id) }
    return new Proxy(clients, {
      get: (target, name) => (name === 'cart' ? cart : Reflect.get(target, name)),
    })
  }
  const overCarelessServices = () =>
    createApp({
      clients: { forRequest: careless },
      verify: () => mobile.viewer(),
      log: createLog('test', 'silent'),
      ledger: mobile.ledger,
      writes: mobile.writes,
    })

  it('is named by an input of a screen, and of an action, and given by services that are careless', async () => {
    expect(asked.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['order', 'checkout-summary', 'checkout']),
    )
    const context = createRequestContext({ budgetMs: 2_000, viewer: them })
    const clients = careless(context)
    const given = await Promise.all([
      ...THEIRS.map(({ id }) => (id.startsWith('k') ? clients.cart.byId(id) : clients.orders.byId(id))),
      clients.cart.ofCustomer('c1001'),
    ])
    expect(given.map(({ customerId }) => customerId)).toEqual(Array(3).fill('c1002'))
    context.end()
  })

  it.each([...asked, { name: 'cart', method: 'GET', url: '/v1/cart', body: undefined }])(
    'is not found by $name, even when its service would give it',
    async ({ method, url, body }) => {
      const answer = await overCarelessServices().request(url, {
        method,
        headers: {
          authorization: 'Bearer x',
          'idempotency-key': crypto.randomUUID(),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body }),
      })
      expect([answer.status, (await answer.json()).code]).toEqual([404, 'NOT_FOUND'])
      const calls = Object.values(mobile.mocks.calls()).flatMap((paths) => Object.keys(paths))
      expect(calls.filter((call) => /^(POST|PUT|PATCH|DELETE|Reserve)(?! \/token)/.test(call))).toEqual([])
    },
  )
})
