import type { Viewer } from '@harbor/shared-runtime/auth'
import { UserId } from '@harbor/shared-runtime/user-id'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { readAll, request, startUpstream } from '../../test/upstream.ts'
import { type Authentication, tokensBy, upstreamAuthentication } from './authentication.ts'
import { get } from './endpoint.ts'
import { httpClient } from './http.ts'

const viewer: Viewer = {
  id: UserId.parse('c1'),
  roles: new Set(),
  scopes: new Set(),
  clientId: 'app',
  token: 'token-of-the-user',
}

/** What a service sees of a call by a user, and of one by nobody; it refuses `refused`. */
async function seenBy(authentication: Authentication, refused?: string) {
  const service = await startUpstream(async (incoming, response) => {
    await readAll(incoming)
    const isRefused = incoming.headers.authorization === `Bearer ${refused}`
    response.writeHead(isRefused ? 401 : 200).end('{}')
  })
  const tokens = tokensBy(authentication, async ({ viewer }) => (viewer ? 'exchanged' : 'of-the-bff'))
  const client = httpClient('orders', { timeoutMs: 2_000 }, (call) => ({
    read: () => call(get('/orders', z.object({}))),
  })).open(`${service.address}/base/v2/`, tokens)
  onTestFinished(() => client.close())
  const outcomes = []
  for (const context of [request({ viewer }), request()])
    outcomes.push(
      await client
        .bind(context)
        .read()
        .then(
          () => 'ok',
          (error) => error.code,
        ),
    )
  return {
    outcomes,
    sent: service.requests.map(({ headers }) => headers.authorization),
    requests: service.requests,
  }
}

test.each<[Authentication, string | undefined, string | undefined]>([
  ['exchange', 'Bearer exchanged', 'Bearer of-the-bff'],
  ['client-credentials', 'Bearer of-the-bff', 'Bearer of-the-bff'],
  ['pass-through', 'Bearer token-of-the-user', 'Bearer of-the-bff'],
  ['none', undefined, undefined],
])('%s: a service sees %j for a user and %j for nobody', async (authentication, ofUser, ofNobody) => {
  expect(await seenBy(authentication)).toMatchObject({ outcomes: ['ok', 'ok'], sent: [ofUser, ofNobody] })
})

test('a token of the user that a service refuses is not sent again, and the user has to log in', async () => {
  const { outcomes, sent } = await seenBy('pass-through', 'token-of-the-user')
  expect(outcomes).toEqual(['user_refused', 'ok'])
  expect(sent).toEqual(['Bearer token-of-the-user', 'Bearer of-the-bff'])
})

test('the base path of a service’s address stands before the path of each endpoint', async () => {
  const { requests } = await seenBy('none')
  expect(requests.map(({ url }) => url)).toEqual(['/base/v2/orders', '/base/v2/orders'])
})

test('one word is the way of all services, exceptions follow it', () => {
  expect(upstreamAuthentication.parse(undefined)).toMatchObject({ catalog: 'exchange', orders: 'exchange' })
  expect(upstreamAuthentication.parse('pass-through,catalog=none')).toMatchObject({
    catalog: 'none',
    orders: 'pass-through',
  })
})

test.each([
  '',
  'magic',
  'exchange,catalog',
  'exchange,catalog=magic',
  'exchange,nowhere=none',
  'catalog=none',
])('%j is not a way of authentication', (text) =>
  expect(upstreamAuthentication.safeParse(text).success).toBe(false),
)
