export const ROLES = ['customer', 'staff', 'finance', 'risk', 'admin'] as const
export type Role = (typeof ROLES)[number]

/** What an access token of the app may be asked for; each screen and action names what it needs. */
export const SCOPES = [
  'profile:read',
  'cart:read',
  'cart:write',
  'orders:read',
  'checkout',
  'notifications:read',
  'notifications:write',
] as const
export type Scope = (typeof SCOPES)[number]
