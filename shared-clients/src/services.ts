import { baseAddress, httpAddress, issuerAddress, origins } from '@harbor/shared-runtime/config'

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

export type AddressSettings = { [S in ServiceName as `${Uppercase<S>}_URL`]: Address }

type Address = ReturnType<typeof httpAddress | typeof baseAddress | typeof issuerAddress>

/** Services called by gRPC, which has no base paths. */
const GRPC: ReadonlySet<ServiceName> = new Set(['inventory', 'pricing'])

const ISSUER =
  'The issuer of tokens: an OpenID provider, whose endpoints are found by its metadata below /.well-known/openid-configuration.'

/** `CATALOG_URL`, `INVENTORY_URL`, … : the part of a BFF's settings that says where the services are. */
export const upstreamSettings = Object.fromEntries(
  SERVICES.map((service, index) => [
    settingName(service),
    addressOf(service, `http://127.0.0.1:${4101 + index}`),
  ]),
) as AddressSettings

function addressOf(service: ServiceName, defaultValue: string): Address {
  if (service === 'identity') return issuerAddress(defaultValue, ISSUER)
  const about = `Address of the ${service} service.`
  return GRPC.has(service) ? httpAddress(defaultValue, about) : baseAddress(defaultValue, about)
}

export const identityOrigins = origins(
  'Other origins than that of IDENTITY_URL at which endpoints of the identity provider may be.',
)

/** The addresses out of a parsed configuration that spreads `upstreamSettings`. */
export const addressesOf = (config: { [K in keyof AddressSettings]: string }): Addresses =>
  Object.fromEntries(SERVICES.map((service) => [service, config[settingName(service)]])) as Addresses

function settingName(service: ServiceName): keyof AddressSettings {
  return `${service.toUpperCase()}_URL` as `${Uppercase<ServiceName>}_URL`
}
