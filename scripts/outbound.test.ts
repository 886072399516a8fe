import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Every file of a BFF that opens connections to the outside, and the setting that alone says where to. */
const OPENERS: Readonly<Record<string, string>> = {
  'graphql-bff/src/session/oidc.ts': 'IDENTITY_URL',
  'graphql-bff/src/session/reach-identity.ts': 'IDENTITY_URL',
  'shared-edge/src/caching/cdn.ts': 'CDN_PURGE_URL',
  'shared-telemetry/src/export/exporter.ts': 'OTEL_EXPORTER_OTLP_ENDPOINT',
  'shared-clients/src/call/outbound.ts': 'IDENTITY_URL, CATALOG_URL, …, EVENTS_URL',
  'shared-clients/src/events/settings.ts': 'REDIS_URL',
  'shared-runtime/src/redis/connect.ts': 'REDIS_URL',
  'iot-bff/src/protocols/mqtt-remote.ts': 'MQTT_URL',
  'iot-bff/src/protocols/mqtt-telemetry.ts': 'MQTT_URL',
  // Sends datagrams, too, but to nobody who has not sent one.
  'iot-bff/src/protocols/coap-sockets.ts': 'COAP_PORT',
}

/** APIs that open a connection, or return something that does. */
const OPENING = [
  /(?<![.\w])fetch\(/,
  /\bnew (Pool|Client|BalancedPool|Agent|ProxyAgent|EnvHttpProxyAgent|Redis|Cluster|Stub|WebSocket|EventSource|Socket)\(/,
  /\b(http|https|http2|net|tls|dgram)\.(request|get|connect|createConnection|createSocket)\(/,
  /import \{[^}]*\b(connect|createConnection|createSocket|request|setGlobalDispatcher|interceptors)\b[^}]*\} from '(undici|mqtt|node:\w+)'/,
  /from '(axios|got|ky|node-fetch|openid-client|ws)'/,
]

const FILES = globSync('{*-bff,shared-*}/src/**/*.ts', {
  cwd: root,
}).filter((file) => !/\.test\.ts$|^shared-testing|\/gen\//.test(file))

it('connections to the outside are opened where it is known, and nowhere else', () => {
  const openers = FILES.filter((file) => {
    const text = readFileSync(`${root}/${file}`, 'utf8').replaceAll(/^\s*(\/\/|\*|\/\*\*).*$/gm, '')
    return OPENING.some((pattern) => pattern.test(text))
  })
  expect(FILES.length).toBeGreaterThan(150)
  expect(openers.toSorted()).toEqual(Object.keys(OPENERS).toSorted())
})
