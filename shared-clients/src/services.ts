import { httpAddress } from '@harbor/shared-runtime/config'

/** The domain services, in the order of their development ports (4101 …). */
export const SERVICES = [
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
] as const

export type ServiceName = (typeof SERVICES)[number]
export type Addresses = Readonly<Record<ServiceName, string>>

export type AddressSettings = { [S in ServiceName as `${Uppercase<S>}_URL`]: ReturnType<typeof httpAddress> }

/** `CATALOG_URL`, `INVENTORY_URL`, … : the part of a BFF's settings that says where the services are. */
export const upstreamSettings = Object.fromEntries(
  SERVICES.map((service, index) => [
    settingName(service),
    httpAddress(`http://127.0.0.1:${4101 + index}`, `Address of the ${service} service.`),
  ]),
) as AddressSettings

/** The addresses out of a parsed configuration that spreads `upstreamSettings`. */
export const addressesOf = (config: { [K in keyof AddressSettings]: string }): Addresses =>
  Object.fromEntries(SERVICES.map((service) => [service, config[settingName(service)]])) as Addresses

function settingName(service: ServiceName): keyof AddressSettings {
  return `${service.toUpperCase()}_URL` as `${Uppercase<ServiceName>}_URL`
}
