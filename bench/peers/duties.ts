/**
 * What every peer has to do for the home screen: know the user, hold internal tokens, name the calls, shape the view.
 * Each peer adds its own framework and transport. Nothing here guards anything: no deadline, breaker, limit or log.
 */
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { createFormat } from '../../rest-mobile-bff/src/format/index.ts'
import { orderCard, pieces } from '../../rest-mobile-bff/src/views/order-card.ts'
import { recommendationCard } from '../../rest-mobile-bff/src/views/recommendation-card.ts'
import type { Cart, Customer, Order, Recommendation } from '../../shared-clients/src/index.ts'
import type { Addresses, ServiceName } from '../../shared-clients/src/services.ts'

export const ADDRESSES: Addresses = JSON.parse(process.env.ADDRESSES ?? '{}')

/** One public answer that was built before, as Harbor keeps it. */
export const KEPT: { path: string; body: string; etag: string; cacheControl: string } = JSON.parse(
  process.env.KEPT ?? '{}',
)

/** A read of a service: an internal token goes with it, and its answer is parsed JSON. */
export type Get = (service: ServiceName, path: string, token: string) => Promise<unknown>

export type HomeAnswers = {
  customer: Pick<Customer, 'firstName' | 'avatarUrl' | 'loyaltyPoints'>
  cart: Pick<Cart, 'id' | 'lines'>
  orders: { items: Order[] }
  recommendations: { items: Recommendation[] }
  notifications: { unreadCount: number }
}

const keys = createRemoteJWKSet(new URL('/jwks', ADDRESSES.identity ?? 'http://127.0.0.1'))
const users = new Map<string, Promise<string>>()
const tokens = new Map<string, Promise<string>>()
const format = createFormat('en')

/** The user of an `Authorization` header, verified once a token. */
export function userOf(authorization: string | undefined): Promise<string> {
  const token = authorization?.slice('Bearer '.length) ?? ''
  let user = users.get(token)
  if (user === undefined)
    users.set(
      token,
      (user = jwtVerify(token, keys, { audience: 'mobile-bff' }).then(({ payload }) => payload.sub ?? '')),
    )
  return user
}

/** The internal token of a user for a service, exchanged once (RFC 8693). */
export function tokenFor(service: ServiceName, authorization: string | undefined): Promise<string> {
  const subject = authorization?.slice('Bearer '.length) ?? ''
  const key = `${service} ${subject}`
  let token = tokens.get(key)
  if (token === undefined) tokens.set(key, (token = exchange(service, subject)))
  return token
}

async function exchange(audience: ServiceName, subject: string): Promise<string> {
  const answer = await fetch(`${ADDRESSES.identity}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from('mobile-bff:mobile-bff-secret').toString('base64')}` },
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: subject,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      audience,
    }),
  })
  const { access_token: token } = (await answer.json()) as { access_token: string }
  return token
}

/** The five calls of home, at once. */
export async function callsOfHome(authorization: string | undefined, get: Get) {
  const user = await userOf(authorization)
  const call = async (service: ServiceName, path: string) =>
    get(service, path, await tokenFor(service, authorization))
  const [customer, cart, orders, recommendations, notifications] = await Promise.all([
    call('customers', `/customers/${user}`),
    call('cart', `/customers/${user}/cart`),
    call('orders', `/orders?customerId=${user}&limit=3`),
    call('recommendations', `/customers/${user}/recommendations?limit=6`),
    call('notifications', `/customers/${user}/notifications?limit=1`),
  ])
  return { customer, cart, orders, recommendations, notifications }
}

/** The view of home, as `screens/home.ts` projects it. */
export const homeView = ({ customer, cart, orders, recommendations, notifications }: HomeAnswers) => ({
  customer: {
    name: customer.firstName,
    avatar: format.thumbnail(customer.avatarUrl, 48),
    points: customer.loyaltyPoints,
  },
  cart: { id: cart.id, items: pieces(cart.lines) },
  orders: orders.items.map((order) => orderCard(order, format)),
  recommendations: recommendations.items.map((recommendation) => recommendationCard(recommendation, format)),
  unread: notifications.unreadCount,
  degraded: [],
})

/** Says where a peer listens, in the words of a BFF's log. */
export const ready = (port: number) =>
  console.log(JSON.stringify({ msg: 'ready', addresses: { http: `http://127.0.0.1:${port}` } }))
