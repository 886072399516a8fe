/**
 * Starts the domain services, every BFF of bffs.ts, the page of the mobile app and the console with their default settings, prints
 * what to try, then the word "ready". Ctrl-C ends everything. `--watch` restarts a process when its code changes,
 * logs every request and takes ad-hoc GraphQL. PORT_OFFSET moves every port up by that much.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { BFFS, type Bff, MANAGEMENT_PORT_DISTANCE } from '../bffs.ts'
import { SERVICE_NAMES as MOCK_SERVICES } from '../mock-services/src/service-names.ts'
import { SERVICES as DOMAIN_SERVICES } from '../shared-clients/src/services.ts'
import { buildDashboard } from './build-dashboard.ts'
import { bffClients } from './compose-file.ts'
import { demoTable } from './demo-table.ts'
import { type PortUse, portTroubles } from './ports.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const watch = process.argv.includes('--watch')
const offset = Number(process.env.PORT_OFFSET ?? 0)
if (!Number.isInteger(offset) || offset < 0 || offset > 50_000) {
  console.error(
    `PORT_OFFSET: given ${JSON.stringify(process.env.PORT_OFFSET)}; allowed: an integer from 0 to 50000.`,
  )
  process.exit(1)
}

const READY_MS = 30_000
const STOP_MS = 10_000

const [WEB, MOBILE, DEVICES] = BFFS
const PORTS = {
  graphql: WEB.port + offset,
  mobile: MOBILE.port + offset,
  devices: DEVICES.port + offset,
  app: 4003 + offset,
  console: 4004 + offset,
  coap: DEVICES.ports.COAP_PORT.port + offset,
  mqtt: DEVICES.ports.MQTT_PORT.port + offset,
  control: 4100 + offset,
}

const upstreams = Object.fromEntries(
  DOMAIN_SERVICES.map((name, index) => [
    `${name.toUpperCase()}_URL`,
    `http://127.0.0.1:${PORTS.control + 1 + index}`,
  ]),
)

type Service = {
  name: string
  port: number
  management: number
  /** Settings, unless the environment has others. */
  env?: Readonly<Record<string, string>>
  /** Ports beside HTTP, by their settings. */
  ports?: Readonly<Record<string, string>>
}

const SERVICES: readonly Service[] = [
  {
    name: 'mock-services',
    port: PORTS.control,
    management: PORTS.control,
    env: { WEB_BFF_URL: `http://localhost:${PORTS.graphql}`, BFF_CLIENTS: bffClients() },
  },
  ...BFFS.map(serviceOf),
  {
    name: 'examples/mobile-app',
    port: PORTS.app,
    management: PORTS.app + MANAGEMENT_PORT_DISTANCE,
    env: { MOBILE_BFF_URL: `http://127.0.0.1:${PORTS.mobile}` },
  },
  {
    name: 'examples/console',
    port: PORTS.console,
    management: PORTS.console + MANAGEMENT_PORT_DISTANCE,
    env: {
      WEB_BFF_URL: `http://127.0.0.1:${PORTS.graphql}`,
      MOBILE_BFF_URL: `http://127.0.0.1:${PORTS.mobile}`,
      DEVICE_COAP_PORT: String(PORTS.coap),
      CONTROL_URL: `http://127.0.0.1:${PORTS.control}`,
      MANAGEMENT_URLS: BFFS.map(
        ({ name, port }) => `${name}=http://127.0.0.1:${port + offset + MANAGEMENT_PORT_DISTANCE}`,
      ).join(),
    },
  },
]

function serviceOf({ name, port, ports, env }: Bff): Service {
  const more = Object.entries(ports).map(([setting, { port }]) => [setting, String(port + offset)])
  return {
    name,
    port: port + offset,
    management: port + offset + MANAGEMENT_PORT_DISTANCE,
    env,
    ports: Object.fromEntries(more),
  }
}

const troubles = await portTroubles(portUses())
if (troubles.length > 0) {
  console.error(
    `The demo did not start:\n${troubles.map((trouble) => `  ${trouble}`).join('\n')}\nSet PORT_OFFSET, which moves every port (now ${offset}), to another number from 0 to 50000.`,
  )
  process.exit(1)
}

/** Every port that a process of the demo listens on. */
function portUses(): PortUse[] {
  const [services, ...bffs] = SERVICES
  const domain = MOCK_SERVICES.map(
    (name, index): PortUse => ({
      port: PORTS.control + 1 + index,
      by: 'http',
      owner: `mock-services (${name})`,
    }),
  )
  return [
    { port: services?.port ?? 0, by: 'http', owner: 'mock-services (control)' },
    ...domain,
    ...bffs.flatMap(({ name, port, management }): PortUse[] => [
      { port, by: 'http', owner: `${name} (PORT)` },
      { port: management, by: 'http', owner: `${name} (MANAGEMENT_PORT)` },
    ]),
    ...BFFS.flatMap(({ name, ports }) =>
      Object.entries(ports).map(
        ([setting, { port, by }]): PortUse => ({ port: port + offset, by, owner: `${name} (${setting})` }),
      ),
    ),
  ]
}

const children = new Map<string, ChildProcess>()
let ending = false

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(0))
// Whatever happens to this process, nothing of it stays.
process.on('exit', () => {
  for (const child of children.values()) child.kill('SIGKILL')
})

const [services, ...bffs] = SERVICES
await Promise.all([buildDashboard(), ...(services ? [started(services)] : [])])
await Promise.all(bffs.map(started))
console.log(await demoTable(PORTS, offset))
console.log('ready')

async function started(service: Service): Promise<void> {
  start(service)
  await ready(service)
}

function start({ name, port, management, env, ports }: Service): void {
  const child = spawn(process.execPath, [...(watch ? ['--watch'] : []), 'src/server.ts'], {
    cwd: `${root}/${name}`,
    // Ctrl-C of a terminal reaches its whole group at once; the services end after those that use them.
    detached: name === services?.name,
    // What the demo prints is its table; what goes wrong is on standard error or a warning.
    stdio: ['ignore', name === 'mock-services' ? 'ignore' : 'inherit', 'inherit'],
    env: {
      LOG_LEVEL: watch ? 'info' : 'warn',
      // Types stripped and code compiled once: the next start is a third faster.
      NODE_COMPILE_CACHE: `${root}/node_modules/.cache/compiled`,
      // Whoever tries the demo, or measures it, does so from one address and as one user.
      RATE_LIMIT_ADDRESS: '1000000/60',
      RATE_LIMIT_SESSION: '1000000/60',
      RATE_LIMIT_USER: '1000000/60',
      RATE_LIMIT_CLIENT: '1000000/60',
      ...(watch && { GRAPHQL_ALLOW_ADHOC: 'true' }),
      ...upstreams,
      // The last of the domain services' ports: their order is that of the mocks.
      IMAGES_URL: `http://127.0.0.1:${PORTS.control + 1 + DOMAIN_SERVICES.length}`,
      EVENTS_URL: `http://127.0.0.1:${PORTS.control}/events`,
      ...env,
      // So that one service of your own can be tried in the demo: CATALOG_URL=… pnpm demo.
      ...process.env,
      ...ports,
      PORT: String(port),
      MANAGEMENT_PORT: String(management),
    },
  })
  children.set(name, child)
  child.once('exit', (code) => {
    children.delete(name)
    if (ending) return
    console.error(
      `${name} ended${code === null ? '' : ` with code ${code}`}; ending the others. PORT_OFFSET=100 moves every port.`,
    )
    void end(1)
  })
}

async function ready({ name, management }: Service): Promise<void> {
  const deadline = performance.now() + READY_MS
  while (!ending) {
    const answer = await fetch(`http://127.0.0.1:${management}/readyz`).catch(() => undefined)
    if (answer?.ok) return
    if (performance.now() > deadline) {
      console.error(
        `${name} was not ready within ${READY_MS / 1000} s: ${(await answer?.text()) ?? 'no answer'}`,
      )
      return end(1)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  await new Promise(() => {}) // the process is on its way out
}

function exit(child: ChildProcess): Promise<unknown> {
  child.kill('SIGTERM')
  return once(child, 'exit')
}

async function end(code: number): Promise<void> {
  if (ending) return
  ending = true
  const inOrder = async () => {
    await Promise.all(
      [...children].filter(([name]) => name !== services?.name).map(([, child]) => exit(child)),
    )
    await Promise.all([...children.values()].map(exit))
  }
  await Promise.race([inOrder(), new Promise((resolve) => setTimeout(resolve, STOP_MS))])
  process.exit(code)
}
