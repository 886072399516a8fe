import type { Tokens } from './auth.ts'
import { SCOPES } from './identity/clients.ts'
import { userById } from './identity/users.ts'
import { DEMO_DEVICE } from './seed/devices.ts'
import { PASSWORD, STAFF } from './seed/people.ts'
import type { ServiceName } from './service-names.ts'

/** Sample credentials and identifiers to try everything with. */
export type Demo = Awaited<ReturnType<typeof createDemo>>

const CUSTOMER_ID = 'c1001'
const ADMIN = STAFF[3]
const TOKEN_SECONDS = 3600

/** A user's name for the log-in, and access tokens as log-in would give them; `undefined` when there is no such user. */
export async function accessTokens(tokens: Tokens, sub: string) {
  const user = userById(sub)
  if (!user) return undefined
  const token = (aud: string, clientId: string) =>
    tokens.issue(
      { sub, aud, clientId, roles: user.roles, scope: ['openid', ...SCOPES].join(' ') },
      TOKEN_SECONDS,
    )
  const [mobileAccessToken, webAccessToken] = await Promise.all([
    token('mobile-bff', 'mobile-app'),
    token('web-bff', 'web-bff'),
  ])
  return { username: user.username, mobileAccessToken, webAccessToken }
}

/** Tokens are fresh at each call. */
export async function createDemo(tokens: Tokens, services: Record<ServiceName, string>) {
  const [customer, staff] = await Promise.all([
    accessTokens(tokens, CUSTOMER_ID),
    accessTokens(tokens, ADMIN.id),
  ])
  if (!customer || !staff) throw new RangeError('the users of the demo are not in the seed')
  return {
    customer: { username: customer.username, password: PASSWORD, id: CUSTOMER_ID },
    staff: { username: ADMIN.username, password: PASSWORD, id: ADMIN.id },
    mobileAccessToken: customer.mobileAccessToken,
    webAccessToken: customer.webAccessToken,
    staffAccessToken: staff.webAccessToken,
    device: { ...DEMO_DEVICE },
    productId: 'p1001',
    sku: 'HB-1001',
    cartId: 'k1001',
    orderId: 'o104997',
    services,
  }
}
