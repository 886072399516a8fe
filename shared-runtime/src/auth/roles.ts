export const ROLES = ['customer', 'staff', 'finance', 'risk', 'admin'] as const
export type Role = (typeof ROLES)[number]

/** OAuth scopes of an access token; each screen and action names the scopes that it needs. */
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
