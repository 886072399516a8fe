/**
 * What telemetry costs: CPU of the process for a request of the home screen of the mobile BFF (five upstream calls),
 * with everything on (metrics, a record of each request, 1 % of the traces exported to a collector) and without.
 *
 * Target: at most 8 % more CPU a request.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { startMockServices } from '@harbor/mock-services'
import { appOver } from '@harbor/rest-mobile-bff/test/mobile'
import { createTokenVerifier } from '@harbor/shared-runtime/auth'
import { httpPart } from '@harbor/shared-runtime/http-server'
import { createLog } from '@harbor/shared-runtime/log'
import { telemetryPart } from '@harbor/shared-telemetry'
import { createClients } from '../shared-clients/src/clients.ts'
import type { Addresses } from '../shared-clients/src/services.ts'
import { count, percent, report } from './figures.ts'
import { type RunningServer, runServer } from './running-server.ts'
import { printTable, sideBySide } from './side-by-side.ts'

const MOST_EXTRA = 0.08
const [telemetry, addresses = '', collector = ''] = process.argv.slice(2)

if (telemetry === undefined) await bench()
else await serve(telemetry === 'on', JSON.parse(addresses), collector)

/** The mobile BFF of one side, until it is killed. */
async function serve(isOn: boolean, services: Addresses, endpoint: string): Promise<void> {
  const log = createLog('bench')
  const clients = createClients({
    addresses: services,
    clientId: 'mobile-bff',
    clientSecret: 'mobile-bff-secret',
  })
  if (isOn) {
    const config = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, TRACE_SAMPLE_RATIO: 0.01 }
    telemetryPart({ name: 'bench', config, log, clients })
  }
  const verify = createTokenVerifier({
    issuer: services.identity,
    audience: 'mobile-bff',
    loadKeys: clients.identityKeys,
  })
  const { app } = appOver({ clients, verify, log })
  const part = httpPart({ name: 'http', fetch: app.fetch, host: '127.0.0.1', port: 0, portSetting: 'PORT' })
  log.info({ addresses: { http: await part.start() } }, 'ready')
}

async function bench(): Promise<void> {
  const mocks = await startMockServices({ defaultFaults: false })
  const { mobileAccessToken } = await mocks.demo()
  const sink = createServer((request, response) => void request.resume().on('end', () => response.end()))
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`
  const file = fileURLToPath(import.meta.url)
  const side = (name: string): Promise<RunningServer> =>
    runServer({ name, command: ['node', file, name, JSON.stringify(mocks.services), endpoint] })
  const servers = [await side('off'), await side('on')]
  const question = {
    path: '/v1/home',
    headers: [{ authorization: `Bearer ${mobileAccessToken}`, 'accept-encoding': 'identity' }],
    status: 200,
  }
  const size = {
    rounds: count('ROUNDS', 15),
    requests: count('REQUESTS', 1_000),
    warmUp: count('WARM_UP', 2_000),
    // One at a time: equal requests would share their calls.
    connections: 1,
  }
  const figures = await sideBySide(servers, question, size)
  printTable('telemetry, home screen', figures)
  const extra = (figures[1]?.ratio ?? Number.NaN) - 1
  report([
    {
      figure: `${percent(extra)} more CPU a request with telemetry on`,
      promise: `at most ${percent(MOST_EXTRA)}`,
      holds: extra <= MOST_EXTRA,
    },
  ])
  for (const server of servers) await server.stop()
  sink.close()
  await mocks.close()
}
