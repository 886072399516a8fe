/** The seventeen domain services and the image service, in the order of their ports (control port + 1 …). */
export const SERVICE_NAMES = [
  'identity',
  'catalog',
  'inventory',
  'pricing',
  'promotions',
  'reviews',
  'recommendations',
  'customers',
  'cart',
  'orders',
  'payments',
  'shipping',
  'tax',
  'fraud',
  'notifications',
  'analytics',
  'telemetry',
  'images',
] as const

export type ServiceName = (typeof SERVICE_NAMES)[number]

export const isServiceName = (name: string): name is ServiceName =>
  (SERVICE_NAMES as readonly string[]).includes(name)
