/**
 * The registry of BFFs. A new one is a folder and an entry here: demo, end-to-end tests, the page of settings and the
 * generated contracts read it, and `scripts/bffs.test.ts` checks the rest against it.
 */
export type Bff = {
  /** Its folder, its package (`@harbor/<name>`), its process, its service in compose, and its image. */
  readonly name: string
  /** Whom it serves, as the demo names it. */
  readonly consumer: string
  /** As which OAuth client it calls the domain services. */
  readonly clientId: string
  /** Its port without `PORT`. Its management port is 5000 above. */
  readonly port: number
  /** Ports beside HTTP: the setting, its default, and what listens there. */
  readonly ports: Readonly<Record<string, { readonly port: number; readonly by: 'tcp' | 'udp' }>>
  /** Settings with which the demo, the containers and the end-to-end tests start it. */
  readonly env: Readonly<Record<string, string>>
  /** Where the demo sends a person, and what is there. */
  readonly page: { readonly path: string; readonly about: string }
}

const NO_PORTS = {}

export const BFFS = [
  {
    name: 'graphql-bff',
    consumer: 'web',
    clientId: 'web-bff',
    port: 4000,
    ports: NO_PORTS,
    env: {},
    page: { path: '/', about: 'dashboard, to log in to; GraphQL at /graphql' },
  },
  {
    name: 'rest-mobile-bff',
    consumer: 'mobile',
    clientId: 'mobile-bff',
    port: 4001,
    ports: NO_PORTS,
    env: {},
    page: { path: '/docs', about: 'API reference; REST under /v1' },
  },
  {
    name: 'iot-bff',
    consumer: 'devices',
    clientId: 'iot-bff',
    port: 4002,
    ports: { COAP_PORT: { port: 5683, by: 'udp' }, MQTT_PORT: { port: 1884, by: 'tcp' } },
    env: { COAP_PLAIN_DEVICE: 'd101' },
    page: { path: '', about: '' },
  },
] as const satisfies readonly Bff[]

export type BffName = (typeof BFFS)[number]['name']

/** The distance from a BFF's port to its management port. */
export const MANAGEMENT_PORT_DISTANCE = 5_000
