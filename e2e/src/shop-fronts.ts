import { logInTo, persisted } from './web-client.ts'

/** Who shops: the credential of a customer at a BFF, and the cart of the customer. */
export type Shopper = { readonly credential: string; readonly cartId: string }

/** The final answer to a write, whichever BFF has given it. */
export type Answer = {
  readonly outcome: 'done' | 'refused'
  readonly reason?: string | undefined
  readonly orderId?: string | undefined
  /** What the cart holds after a change. */
  readonly skus?: readonly string[] | undefined
  /** Whether it was given before; always where a BFF does not say so. */
  readonly replayed: boolean
}

type Write<Given> = (
  address: string,
  shopper: Shopper,
  given: Given & { key: string },
  signal: AbortSignal,
) => Promise<Answer | undefined>

/** How a customer shops at one BFF. An answer that is not final is `undefined`: the same is to be sent again. */
export type ShopFront = {
  readonly process: string
  login(
    address: string,
    customer: number,
    user: { username: string; mobileAccessToken: string },
  ): Promise<Shopper>
  readonly add: Write<{ sku: string }>
  readonly remove: Write<{ sku: string }>
  /** What is sent to order the cart as it is now. */
  orderBody(address: string, shopper: Shopper, paymentMethod: string): Promise<object | undefined>
  readonly order: Write<{ body: object }>
  /** Why an order of a cart is refused that was ordered meanwhile. */
  readonly reasonOfLate: string
}

type Body = {
  retryable?: boolean
  code?: string
  reason?: string
  orderId?: string
  lines?: { sku: string }[]
}

async function rest(
  url: string,
  method: string,
  { credential }: Shopper,
  { key, body }: { key: string; body?: object },
  signal: AbortSignal,
): Promise<Answer | undefined> {
  const answer = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${credential}`,
      'idempotency-key': key,
      'content-type': 'application/json',
    },
    ...(body && { body: JSON.stringify(body) }),
    signal,
  })
  const json = (await answer.json()) as Body
  if (json.retryable || answer.status >= 500) return undefined
  return {
    outcome: answer.ok ? 'done' : 'refused',
    reason: json.reason ?? json.code,
    orderId: json.orderId,
    skus: json.lines?.map(({ sku }) => sku),
    replayed: answer.headers.get('idempotency-replayed') === 'true',
  }
}

export const mobileFront: ShopFront = {
  process: 'rest-mobile-bff',
  login: async (_, customer, { mobileAccessToken }) => ({
    credential: mobileAccessToken,
    cartId: `k${customer}`,
  }),
  add: (address, shopper, { key, sku }, signal) =>
    rest(`${address}/v1/cart/items`, 'POST', shopper, { key, body: { sku, quantity: 1 } }, signal),
  remove: (address, shopper, { key, sku }, signal) =>
    rest(`${address}/v1/cart/items/${sku}`, 'DELETE', shopper, { key }, signal),
  orderBody: async (_, { cartId }, paymentMethod) => ({ cartId, paymentMethod }),
  order: (address, shopper, given, signal) => rest(`${address}/v1/checkout`, 'POST', shopper, given, signal),
  reasonOfLate: 'CART_EMPTY',
}

type Result = {
  __typename: string
  code?: string
  number?: string
  cart?: { lines: { sku: string }[] }
}

/** Codes that REST answers with 5xx although another try is not promised to work. */
const FAILED: ReadonlySet<string> = new Set(['INTERNAL', 'UPSTREAM_INVALID'])

async function graph(
  web: string,
  operation: string,
  { credential }: Shopper,
  input: object,
  signal: AbortSignal,
): Promise<Answer | undefined> {
  const { data, errors } = await persisted<Record<string, Result> | null>(
    { web },
    operation,
    { input },
    credential,
    signal,
  )
  const [result] = Object.values(data ?? {})
  if (!result) {
    const [error] = errors ?? []
    if (!error || error.extensions.retryable || FAILED.has(error.extensions.code)) return undefined
    return { outcome: 'refused', reason: error.extensions.code, replayed: true }
  }
  const { __typename, code, number, cart } = result
  return {
    outcome: __typename.endsWith('Payload') ? 'done' : 'refused',
    reason: code,
    orderId: number?.replace(/^HC-\d{4}-/, 'o'),
    skus: cart?.lines.map(({ sku }) => sku),
    replayed: true,
  }
}

type CartAnswer = {
  viewer: { cart: { version: number; quote: { total: { amount: number; currency: string } } | null } | null }
}

export const webFront: ShopFront = {
  process: 'graphql-bff',
  login: async (address, customer, { username }) => ({
    credential: await logInTo({ web: localhost(address) }, { username, password: 'harbor' }),
    cartId: `k${customer}`,
  }),
  add: (address, shopper, { key, sku }, signal) =>
    graph(address, 'AddToCart', shopper, { idempotencyKey: key, sku, quantity: 1 }, signal),
  remove: (address, shopper, { sku }, signal) => graph(address, 'RemoveCartLine', shopper, { sku }, signal),
  async orderBody(address, { credential }, paymentMethod) {
    const { data } = await persisted<CartAnswer | null>({ web: address }, 'Cart', {}, credential)
    const cart = data?.viewer.cart
    if (!cart?.quote) return undefined
    const { amount, currency } = cart.quote.total
    return { cartVersion: cart.version, total: { amount, currency }, paymentMethod }
  },
  order: (address, shopper, { key, body }, signal) =>
    graph(address, 'Checkout', shopper, { idempotencyKey: key, ...body }, signal),
  // It names the state of the cart that it was shown, which is looked at first.
  reasonOfLate: 'CART_CHANGED',
}

/** The public URL of a web BFF, as log-in knows it. */
const localhost = (address: string): string => `http://localhost:${new URL(address).port}`
