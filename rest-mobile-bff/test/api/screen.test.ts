import { critical } from '@harbor/shared-runtime/fan-out'
import { createRequestContext } from '@harbor/shared-runtime/request-context'
import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import type { Clients } from '../../src/clients.ts'
import { defineScreen } from '../../src/define.ts'
import { createFormat } from '../../src/format/index.ts'
import { limit } from '../../src/input.ts'

const fetchPrice = vi.fn(async () => 5)

const screen = defineScreen({
  name: 'example',
  path: '/v1/examples/{id}',
  summary: 'An example',
  version: 1,
  access: 'public',
  budgetMs: 200,
  cache: { scope: 'no-store' },
  params: z.object({ id: z.string().max(3) }),
  query: z.object({ limit: limit(20, 50) }),
  sources: ({ optional, params, query }) => ({
    thing: critical(
      Promise.resolve({ id: params.id, name: 'A thing', secret: 'not for you', length: query.limit }),
    ),
    price: optional(() => fetchPrice()),
  }),
  view: z.object({ id: z.string(), name: z.string(), price: z.int().nullable(), length: z.int() }),
  project: ({ thing, price }) => ({ ...thing, price }),
})

const ask = async (params: Record<string, string>, query: Record<string, string> = {}) => {
  const context = createRequestContext({ budgetMs: screen.budgetMs })
  const answer = await screen.answer({
    clients: {} as Clients,
    context,
    params,
    query,
    format: createFormat('en'),
  })
  return { ...answer, json: answer.view }
}

describe('a screen', () => {
  it('sends what its view names and nothing else, even when a projection spreads an upstream object', async () => {
    expect((await ask({ id: 'a' })).json).toEqual({
      id: 'a',
      name: 'A thing',
      price: 5,
      length: 20,
      degraded: [],
    })
  })

  it('gives an optional source the clients whose calls are not made when they no longer fit, and no others', async () => {
    const optionalClients = {}
    const handed: unknown[] = []
    const two = defineScreen({
      ...{ name: 'two', path: '/v1/two', summary: '', version: 1, access: 'public', budgetMs: 200 },
      cache: { scope: 'no-store' },
      sources: ({ optional, oneOf }) => ({
        one: optional((clients) => handed.push(clients)),
        other: oneOf((clients) => handed.push(clients)),
        broken: optional(() => {
          throw new Error('before any call')
        }),
      }),
      view: z.object({ one: z.int().nullable() }),
      project: ({ one }) => ({ one }),
    })
    const answer = await two.answer({
      clients: { optional: optionalClients } as Clients,
      context: createRequestContext({ budgetMs: 200 }),
      params: {},
      query: {},
      format: createFormat('en'),
    })
    expect(handed).toHaveLength(2)
    for (const clients of handed) expect(clients).toBe(optionalClients)
    expect(answer.degraded).toEqual(['broken'])
  })

  it('names in its body which optional part is not available', async () => {
    fetchPrice.mockRejectedValueOnce(new Error('down'))
    expect((await ask({ id: 'a' })).json).toMatchObject({ price: null, degraded: ['price'] })
  })

  it('does not repeat a credential or a person’s data that stands where it does not belong', async () => {
    for (const limit of [
      'Bearer hunter2',
      'eyJhbGciOiJub25lIn0.hunter2.x',
      'hunter2@harbor.example',
      'password=hunter2',
    ])
      await expect(ask({ id: 'a' }, { limit })).rejects.toMatchObject({
        code: 'INVALID_REQUEST',
        detail: expect.not.stringContaining('hunter2'),
      })
    const secret = defineScreen({
      ...{ name: 'secret', path: '/v1/x', summary: '', version: 1, access: 'public', budgetMs: 200 },
      cache: { scope: 'no-store' },
      query: z.object({ password: z.string().max(3) }),
      sources: () => ({}),
      view: z.object({}),
      project: () => ({}),
    })
    const refused = secret.answer({
      clients: {} as Clients,
      context: createRequestContext({ budgetMs: 200 }),
      params: {},
      query: { password: 'hunter2' },
      format: createFormat('en'),
    })
    await expect(refused).rejects.toMatchObject({
      detail: expect.stringContaining('password (query): given a text of 7 characters.'),
    })
  })

  it('says of a wrong input what was given and what is allowed, and asks no upstream', async () => {
    fetchPrice.mockClear()
    await expect(ask({ id: 'a' }, { limit: '999' })).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      detail: 'limit (query): given "999". Allowed: an integer from 1 to 50',
    })
    await expect(ask({ id: 'long' })).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
    expect(fetchPrice).not.toHaveBeenCalled()
  })
})
