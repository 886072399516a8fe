import { BFFS, type Bff } from '../bffs.ts'
import { SERVICES } from '../shared-clients/src/services.ts'

const CONTROL_PORT = 4100
/** After the domain services; browsers and apps load pictures from it. */
const IMAGES_PORT = CONTROL_PORT + 1 + SERVICES.length
const WEB = BFFS[0]

/** `docker-compose.yml`: the domain services, and every BFF of the registry. */
export const composeFile = (
  bffs: readonly Bff[] = BFFS,
): string => `# Written by "pnpm contracts" from bffs.ts: do not edit.
# The demo in containers: docker compose up --build
# To use your own services instead of mock-services, set the addresses below in a compose.override.yml.
x-upstreams: &upstreams
  EVENTS_URL: http://mock-services:${CONTROL_PORT}/events
  # The mock services know the BFFs by secrets that everybody knows. With your own: IDENTITY_CLIENT_SECRET for each BFF.
  DEVELOPMENT_SECRETS: "true"
${SERVICES.map((name, index) => `  ${name.toUpperCase()}_URL: http://mock-services:${CONTROL_PORT + 1 + index}`).join('\n')}
  # As browsers and apps know it.
  IMAGES_URL: http://localhost:${IMAGES_PORT}

x-bff: &bff
  restart: unless-stopped
  depends_on: [mock-services]
  # Longer than the 10 s that a process takes at most to finish the requests it has accepted.
  stop_grace_period: 15s

services:
  mock-services:
    build: { context: ., dockerfile: deploy/Dockerfile, args: { PROCESS: mock-services } }
    environment:
      IDENTITY_ISSUER: http://mock-services:${CONTROL_PORT + 1}
      WEB_BFF_URL: http://${WEB.name}:${WEB.port}
      BFF_CLIENTS: ${bffClients(bffs)}
      IMAGES_URL: http://localhost:${IMAGES_PORT}
    # Users log in at ${CONTROL_PORT + 1}. The browser must know that host by the same name: add "127.0.0.1 mock-services" to its hosts file.
    ports: ["${CONTROL_PORT}:${CONTROL_PORT}", "${CONTROL_PORT + 1}:${CONTROL_PORT + 1}", "${IMAGES_PORT}:${IMAGES_PORT}"]

${bffs.map(service).join('\n')}`

/** The value of `BFF_CLIENTS` of mock-services: every BFF at which nobody logs in. */
export const bffClients = (bffs: readonly Bff[] = BFFS): string =>
  bffs
    .map(({ clientId }) => clientId)
    .filter((id) => id !== WEB.clientId)
    .join()

function service({ name, port, ports, env }: Bff): string {
  const published = [
    `${port}:${port}`,
    ...Object.values(ports).map((more) => `${more.port}:${more.port}${more.by === 'udp' ? '/udp' : ''}`),
  ]
  return `  ${name}:
    <<: *bff
    build: { context: ., dockerfile: deploy/Dockerfile, args: { PROCESS: ${name} } }
    environment:
      <<: *upstreams
${Object.entries(env)
  .map(([setting, value]) => `      ${setting}: ${JSON.stringify(value)}\n`)
  .join('')}    ports: [${published.map((pair) => JSON.stringify(pair)).join(', ')}]
`
}
