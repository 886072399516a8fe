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

/** Tokens are fresh at each call. */
export async function createDemo(tokens: Tokens, services: Record<ServiceName, string>) {
  const token = (sub: string, aud: string, clientId: string) =>
    tokens.issue(
      { sub, aud, clientId, roles: userById(sub)?.roles ?? [], scope: ['openid', ...SCOPES].join(' ') },
      TOKEN_SECONDS,
    )
  const [mobileAccessToken, webAccessToken, staffAccessToken] = await Promise.all([
    token(CUSTOMER_ID, 'mobile-bff', 'mobile-app'),
    token(CUSTOMER_ID, 'web-bff', 'web-bff'),
    token(ADMIN.id, 'web-bff', 'web-bff'),
  ])
  return {
    customer: { username: 'ada@harbor.example', password: PASSWORD, id: CUSTOMER_ID },
    staff: { username: ADMIN.username, password: PASSWORD, id: ADMIN.id },
    mobileAccessToken,
    webAccessToken,
    staffAccessToken,
    device: { ...DEMO_DEVICE },
    productId: 'p1001',
    sku: 'HB-1001',
    cartId: 'k1001',
    orderId: 'o104997',
    services,
  }
}
